# The same for HTTP/1.0, which is told in each response whether it may go on.
set max-requests 2
> GET /items/1 HTTP/1.0\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: keep-alive\r\n
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
> GET /items/2 HTTP/1.0\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 2
closed
