# A head of exactly the greatest length is whole.
set max-head 128
> GET /items/{repeat 95 a} HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 95\r\n
< \r\n
< {repeat 95 a}
open
