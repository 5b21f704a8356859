# A head of exactly the greatest length is whole.
set max-head 128
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X: {repeat 96 y}\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
