# A client that ends its side after its request still gets its response (RFC 9112, 9.6).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
eof
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
closed
