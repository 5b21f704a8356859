# A request that is not whole may be answered with 400 (RFC 9112, 8).
> GET / HT
eof
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
