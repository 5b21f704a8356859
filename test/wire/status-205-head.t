# HEAD of it has the same head.
> HEAD /status/205 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 205 Reset Content\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 0\r\n
< \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
