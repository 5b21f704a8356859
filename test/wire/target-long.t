# 1,000 bytes are no reason to refuse (RFC 9110, 4.1 asks for 8,000).
> GET /items/{repeat 1000 x} HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1000\r\n
< \r\n
< {repeat 1000 x}
open
