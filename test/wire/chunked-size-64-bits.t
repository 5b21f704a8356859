# A bit more is refused before it can overflow (RFC 9112, 7.1).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 8000000000000000\r\n
> hello
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 44\r\n
< \r\n
< 400 Bad Request: A chunk size is too large.\n
closed
