# A port may follow (RFC 9110, 7.2).
> GET / HTTP/1.1\r\n
> Host: example.org:8081\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
