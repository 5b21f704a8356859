# Input is held, served, and held once more.
> GET /big HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /big HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 300000\r\n
< \r\n
< {repeat 300000 b}HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 300000\r\n
< \r\n
< {repeat 300000 b}HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
