# Bad white space is read over wherever it may stand (RFC 9110, 5.6.3; RFC 9112, 7.1.1).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5\t;\ta\t=\tb ; c ;d="e" ; f\r\n
> hello\r\n
> 0 ; g\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
