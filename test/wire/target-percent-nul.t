# So does an encoded NUL, which is for the handler to judge (RFC 3986, 7.3).
> GET /items/a%00b HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 3\r\n
< \r\n
< a\x00b
open
