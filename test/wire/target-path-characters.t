# All that RFC 3986 lets a path hold (3.3).
> GET /items/-._~!$&'()*+,;=:@aZ09 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 21\r\n
< \r\n
< -._~!$&'()*+,;=:@aZ09
open
