# It may be empty (RFC 9112, 3.2.2).
> GET http://a/items/1 HTTP/1.1\r\n
> Host:\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
