# A version has two numbers (RFC 9112, 2.3).
> GET / HTTP/1.x\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
