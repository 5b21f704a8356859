# Extensions are bounded (RFC 9112, 7.1.1 warns of those that are not).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5;{repeat 300 a}\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 48\r\n
< \r\n
< 400 Bad Request: A chunk-size line is too long.\n
closed
