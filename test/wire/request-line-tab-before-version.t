# Nor is a tab.
> GET /\tHTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 400 Bad Request: The request target holds a byte that it may not.\n
closed
