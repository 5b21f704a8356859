# Form feed in a value is refused (RFC 9110, 5.5).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X: a\x0cb\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 61\r\n
< \r\n
< 400 Bad Request: A field value holds a byte that it may not.\n
closed
