# An offer of HTTP/2 in plain text (RFC 7540, 3.2) is ignored.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: Upgrade, HTTP2-Settings\r\n
> Upgrade: h2c\r\n
> HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n
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
