# Options are tokens: "close" in quotation marks is none.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: "close"\r\n
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
