# A method longer than any that is known is not implemented (RFC 9112, 3).
> {repeat 300 M} / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 57\r\n
< \r\n
< 501 Not Implemented: The method is not implemented here.\nHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
