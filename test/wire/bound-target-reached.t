# A target of just so many bytes is served.
set max-target 16
> GET /items/012345678 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 9\r\n
< \r\n
< 012345678
open
