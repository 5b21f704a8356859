# An encoded slash parts no segments; decoded it comes to the handler (RFC 3986, 2.2).
> GET /items/a%2fb HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 3\r\n
< \r\n
< a/b
open
