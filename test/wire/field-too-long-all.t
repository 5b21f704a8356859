# So are many short fields.
set max-head 128
> GET / HTTP/1.1\r\n
> Host: a\r\n
> {repeat 30 X: y\r\n}Y: z\r\n
> \r\n
< HTTP/1.1 431 Request Header Fields Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 67\r\n
< \r\n
< 431 Request Header Fields Too Large: The request head is too long.\n
closed
