# HTTP/1.0 gets a length, and never chunks.
> GET /big HTTP/1.0\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: keep-alive\r\n
< Content-Type: text/plain\r\n
< Content-Length: 300000\r\n
< \r\n
< {repeat 300000 b}
> GET / HTTP/1.0\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: keep-alive\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
