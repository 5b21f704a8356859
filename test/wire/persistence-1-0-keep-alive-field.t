# The field Keep-Alive alone says nothing (RFC 9112, appendix C.2.2).
> GET / HTTP/1.0\r\n
> Host: a\r\n
> Keep-Alive: timeout=5\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
closed
