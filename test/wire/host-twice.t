# Two Host fields are answered with 400 (RFC 9112, 3.2).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Host: b\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 50\r\n
< \r\n
< 400 Bad Request: The request has two Host fields.\n
closed
