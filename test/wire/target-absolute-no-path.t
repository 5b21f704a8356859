# An empty path is "/" (RFC 9110, 4.2.3).
> GET http://example.org HTTP/1.1\r\n
> Host: example.org\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
