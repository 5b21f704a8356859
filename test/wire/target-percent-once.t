# Nothing is decoded twice (RFC 3986, 2.4).
> GET /items/%2541 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 3\r\n
< \r\n
< %41
open
