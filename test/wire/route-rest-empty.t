# The rest may be empty.
> GET /tree/ HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 0\r\n
< \r\n
open
