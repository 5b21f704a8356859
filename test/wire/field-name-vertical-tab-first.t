# A vertical tab does not fold a line, nor begin one.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \x0bX: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 58\r\n
< \r\n
< 400 Bad Request: A field line does not begin with a name.\n
closed
