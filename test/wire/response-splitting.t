# A handler cannot be made to split its response: a value with CR or LF is not taken (RFC 9112,
# 11.1).
> GET /mirror/a%0d%0aX-Evil:%20b HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /mirror/a%0aX-Evil:%20b HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /mirror/a%0db HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 7\r\n
< \r\n
< refusedHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 7\r\n
< \r\n
< refusedHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 7\r\n
< \r\n
< refused
open
