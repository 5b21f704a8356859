# A request of HTTP/1.0 is answered, and the connection closed (RFC 9112, 9.3).
> GET / HTTP/1.0\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
closed
