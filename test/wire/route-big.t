# A body that takes many sends.
> GET /big HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 300000\r\n
< \r\n
< {repeat 300000 b}
open
