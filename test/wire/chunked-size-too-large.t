# A size beyond 64 bits is refused before it wraps (RFC 9112, 7.1).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 10000000000000005\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 44\r\n
< \r\n
< 400 Bad Request: A chunk size is too large.\n
closed
