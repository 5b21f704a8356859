# The turn ends before something that is no request.
set turn-requests 1
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> nonsense\r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
