# The same in chunks.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> {repeat 50 3e8\r\n{repeat 100 0123456789}\r\n}0\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 50000\r\n
< \r\n
< {repeat 5000 0123456789}HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
