# The Trailer field promises what is not needed (RFC 9110, 6.6.2).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Trailer: X\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> X: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
