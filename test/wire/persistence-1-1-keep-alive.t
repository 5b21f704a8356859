# HTTP/1.1 stays open; asking for it changes nothing.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
