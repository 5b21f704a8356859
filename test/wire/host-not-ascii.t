# A name is ASCII.
> GET / HTTP/1.1\r\n
> Host: \xc3\xa4\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 46\r\n
< \r\n
< 400 Bad Request: The Host field is malformed.\n
closed
