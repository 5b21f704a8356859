# 404 to a last request.
> GET /nowhere HTTP/1.1\r\n
> Host: a\r\n
> Connection: close\r\n
> \r\n
< HTTP/1.1 404 Not Found\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 42\r\n
< \r\n
< 404 Not Found: No resource has this path.\n
closed
