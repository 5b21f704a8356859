# A TE field asks for nothing that this server does: no trailer section follows (RFC 9112, 7.4).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> TE: trailers, deflate;q=0.5\r\n
> Connection: TE\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< okHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
