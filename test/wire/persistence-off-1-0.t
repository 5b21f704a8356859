# Also for a client that asks for more.
set keep-alive off
> GET / HTTP/1.0\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
closed
