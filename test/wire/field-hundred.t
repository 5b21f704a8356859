# 100 fields are taken.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> {repeat 98 X: y\r\n}Y: z\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
