# The Host field is overridden, but not excused (RFC 9112, 3.2).
> GET http://a/items/1 HTTP/1.1\r\n
> Host: a/b\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 46\r\n
< \r\n
< 400 Bad Request: The Host field is malformed.\n
closed
