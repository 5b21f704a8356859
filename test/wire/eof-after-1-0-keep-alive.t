# HTTP/1.0 that could have stayed open.
> GET / HTTP/1.0\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> \r\n
eof
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: keep-alive\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
closed
