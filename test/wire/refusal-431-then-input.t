# The same behind 431.
set max-head 100
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X: {repeat 300 a}\r\n
> \r\n
> {repeat 200 x}
< HTTP/1.1 431 Request Header Fields Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 67\r\n
< \r\n
< 431 Request Header Fields Too Large: The request head is too long.\n
closed
