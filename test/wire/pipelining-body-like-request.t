# A body that looks like a request is a body.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 27\r\n
> \r\n
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 27\r\n
< \r\n
< GET / HTTP/1.1\r\n
< Host: a\r\n
< \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
