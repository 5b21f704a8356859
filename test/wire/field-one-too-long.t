# One byte more is too much.
set max-head 128
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X: {repeat 97 y}\r\n
> \r\n
< HTTP/1.1 431 Request Header Fields Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 67\r\n
< \r\n
< 431 Request Header Fields Too Large: The request head is too long.\n
closed
