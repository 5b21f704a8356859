# Methods are case-sensitive (RFC 9110, 9.1).
> get / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 57\r\n
< \r\n
< 501 Not Implemented: The method is not implemented here.\nHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
