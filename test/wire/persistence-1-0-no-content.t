# A response without a body says so too.
> GET /empty HTTP/1.0\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< Connection: keep-alive\r\n
< \r\n
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
