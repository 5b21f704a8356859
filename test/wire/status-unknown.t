# A status without a name still has the space before it (RFC 9112, 4).
> GET /status/299 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 299 Unknown\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 7\r\n
< \r\n
< contentHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
