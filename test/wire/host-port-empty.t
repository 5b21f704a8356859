# The port may be empty (RFC 3986, 3.2.3).
> GET / HTTP/1.1\r\n
> Host: a:\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
