# Just so many fields are served.
set max-fields 2
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> A: b\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
