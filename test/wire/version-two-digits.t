# A minor version is one digit (RFC 9112, 2.3).
> GET / HTTP/1.10\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 59\r\n
< \r\n
< 400 Bad Request: Something stands behind the HTTP version.\n
closed
