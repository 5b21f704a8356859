# Content that a handler gives for 204 is not sent (RFC 9110, 15.3.5).
> GET /status/204 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
