# White space between name and colon is answered with 400 (RFC 9112, 5.1): a tab too.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X\t: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 69\r\n
< \r\n
< 400 Bad Request: A field name is not a token with a colon behind it.\n
closed
