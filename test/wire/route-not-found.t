# A path without a route.
> GET /nowhere HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 404 Not Found\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 42\r\n
< \r\n
< 404 Not Found: No resource has this path.\nHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
