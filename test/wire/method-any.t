# A route without a method takes every known one.
> PUT / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> DELETE / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> PATCH / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> POST / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< okHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< okHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< okHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
