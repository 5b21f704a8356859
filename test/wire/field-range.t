# A Range is ignored, since nothing here is served in parts (RFC 9110, 14.2).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Range: bytes=0-0\r\n
> If-Range: "a"\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
