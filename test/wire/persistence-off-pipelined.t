# Requests behind it are not served.
set keep-alive off
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
closed
