# White space around a value is no part of it: a tab too.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length:\t5\t\r\n
> \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
