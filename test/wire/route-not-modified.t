# 304 has no body (RFC 9110, 15.4.5).
> GET /notmodified HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 304 Not Modified\r\n
< {server}
< \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
