# A name is a token.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> "X": a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 58\r\n
< \r\n
< 400 Bad Request: A field line does not begin with a name.\n
closed
