# The last response that a connection may have says so, and what is behind it is not answered.
set max-requests 2
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/2 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/3 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 2
closed
