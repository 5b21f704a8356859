# A head that is longer than the server takes is answered with 431 (RFC 6585, 5).
set max-head 128
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X: {repeat 200 y}\r\n
> \r\n
< HTTP/1.1 431 Request Header Fields Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 67\r\n
< \r\n
< 431 Request Header Fields Too Large: The request head is too long.\n
closed
