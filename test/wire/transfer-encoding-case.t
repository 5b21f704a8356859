# The names of codings are case-insensitive (RFC 9112, 7).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: ChunkeD\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
