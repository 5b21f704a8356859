# Before the empty line.
> GET / HTTP/1.1\r\n
> Host: a\r\n
eof
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 56\r\n
< \r\n
< 400 Bad Request: The request ended before it was whole.\n
closed
