# White space around the number is no part of it.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length:\t 5 \t\r\n
> \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
