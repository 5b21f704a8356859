# Without chunked at its end a body has no end: 400 (RFC 9112, 6.3), though the coding is not known
# either.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: gzip\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 58\r\n
< \r\n
< 400 Bad Request: The last transfer coding is not chunked.\n
closed
