# Also a chunked one.
> POST /nowhere HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
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
< Content-Length: 1\r\n
< \r\n
< 1
open
