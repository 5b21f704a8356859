# A field line has a colon (RFC 9112, 5).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X-Test\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 69\r\n
< \r\n
< 400 Bad Request: A field name is not a token with a colon behind it.\n
closed
