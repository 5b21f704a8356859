# Requests that wait for a turn, and for a client that has to take large responses first.
set turn-requests 1
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /big HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/2 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /big HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/3 HTTP/1.1\r\n
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
< Content-Length: 300000\r\n
< \r\n
< {repeat 300000 b}HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 2HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 300000\r\n
< \r\n
< {repeat 300000 b}HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 3
open
