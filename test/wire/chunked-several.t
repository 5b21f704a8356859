# Chunks are joined.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 1\r\n
> h\r\n
> 2\r\n
> el\r\n
> 2\r\n
> lo\r\n
> 0\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
