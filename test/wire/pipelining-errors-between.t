# Not found, not allowed, not answered: the connection goes on.
> GET /nowhere HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> DELETE /only-get HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /silent HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 404 Not Found\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 42\r\n
< \r\n
< 404 Not Found: No resource has this path.\nHTTP/1.1 405 Method Not Allowed\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 75\r\n
< Allow: GET, HEAD, OPTIONS\r\n
< \r\n
< 405 Method Not Allowed: The resource has other methods, which Allow tells.\nHTTP/1.1 500 Internal Server Error\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 500 Internal Server Error: The handler gave no answer.\nHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
