# Twice is not more than once.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> Expect: 100-continue, 100-continue\r\n
> \r\n
< HTTP/1.1 100 Continue\r\n
< \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
