# Nor has the answer for a handler that gave none.
> HEAD /silent HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 500 Internal Server Error\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
