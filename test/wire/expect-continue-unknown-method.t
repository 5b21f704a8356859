# The same for a method that is not implemented.
> BREW / HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> Expect: 100-continue\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 57\r\n
< \r\n
< 501 Not Implemented: The method is not implemented here.\n
closed
