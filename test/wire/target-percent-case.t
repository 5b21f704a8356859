# The digits of an encoded byte are in either case (RFC 3986, 2.1).
> GET /items/%c3%A4 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< \xc3\xa4
open
