# Nor is a bare CR (RFC 9112, 2.2 and 3).
> GET\r/ HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 69\r\n
< \r\n
< 400 Bad Request: The method is not a token with one space behind it.\n
closed
