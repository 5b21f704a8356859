# A value may be empty (RFC 9110, 5.5).
> GET /field HTTP/1.1\r\n
> Host: a\r\n
> X-Test:\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 0\r\n
< X-Reply: a, b\r\n
< \r\n
open
