# Fields that are not known are ignored (RFC 9110, 5.1).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X-Unknown: a\r\n
> MIME-Version: 1.0\r\n
> Proxy-Authorization: b\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
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
< Content-Length: 1\r\n
< \r\n
< 1
open
