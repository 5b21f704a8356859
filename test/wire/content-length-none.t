# A request without Content-Length and Transfer-Encoding has no body (RFC 9112, 6.3).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 0\r\n
< \r\n
open
