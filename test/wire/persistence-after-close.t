# What follows a request that said close is not served (RFC 9112, 9.6).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: close\r\n
> \r\n
> GET /items/7 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
dropped
