# A server accepts the absolute-form (RFC 9112, 3.2.2).
> GET http://example.org/items/7 HTTP/1.1\r\n
> Host: example.org\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 7
open
