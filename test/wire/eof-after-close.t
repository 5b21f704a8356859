# Both have said that it was the last request.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: close\r\n
> \r\n
eof
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
closed
