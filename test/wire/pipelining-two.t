# Two requests at once, answered in order.
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/2 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 2
open
