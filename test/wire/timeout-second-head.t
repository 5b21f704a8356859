# The second request on a connection.
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /ite
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
timeout
< HTTP/1.1 408 Request Timeout\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 408 Request Timeout: The request did not come in time.\n
closed
