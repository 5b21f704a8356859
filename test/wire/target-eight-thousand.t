# A server should take a target of 8,000 bytes at least (RFC 9112, 3).
> GET /items/{repeat 7993 x} HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 7993\r\n
< \r\n
< {repeat 7993 x}
open
