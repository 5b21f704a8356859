# A body that takes several reads, and whose echo takes several sends.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 70000\r\n
> \r\n
> {repeat 7000 0123456789}GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 70000\r\n
< \r\n
< {repeat 7000 0123456789}HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
