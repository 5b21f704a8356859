# An extension has no control characters.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5;a=\x01\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 64\r\n
< \r\n
< 400 Bad Request: A chunk extension has no value behind its '='.\n
closed
