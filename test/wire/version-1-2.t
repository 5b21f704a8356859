# A higher minor version is processed like the highest that is known (RFC 9110, 2.5).
> GET / HTTP/1.2\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
