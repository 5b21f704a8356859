# A request that is not whole may be answered with 400 (RFC 9112, 8).
> GET / HT
eof
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 56\r\n
< \r\n
< 400 Bad Request: The request ended before it was whole.\n
closed
