# More empty lines than there are bytes in many a head still mean nothing.
set max-head 100
> {repeat 200 \r\n}GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
