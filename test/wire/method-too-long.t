# One that is longer than a whole head may be is no URI that is too long.
set max-head 100
> {repeat 120 M} / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 75\r\n
< \r\n
< 501 Not Implemented: The method is longer than any that this server knows.\n
closed
