# More fields than the server takes are answered with 431 (RFC 6585, 5).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> {repeat 99 X: y\r\n}Y: z\r\n
> \r\n
< HTTP/1.1 431 Request Header Fields Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 70\r\n
< \r\n
< 431 Request Header Fields Too Large: The request has too many fields.\n
closed
