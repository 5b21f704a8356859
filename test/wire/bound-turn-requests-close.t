# The turn ends with a request that is the last.
set turn-requests 1
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/2 HTTP/1.1\r\n
> Host: a\r\n
> Connection: close\r\n
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
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 2
dropped
