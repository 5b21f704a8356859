# A request line has three parts (RFC 9112, 3).
> GET HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 400 Bad Request: The request target has no known form.\n
closed
