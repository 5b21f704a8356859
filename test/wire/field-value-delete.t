# DEL is a control character (RFC 5234, B.1).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X-Test: a\x7fb\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 61\r\n
< \r\n
< 400 Bad Request: A field value holds a byte that it may not.\n
closed
