# An IPv6 address in brackets (RFC 3986, 3.2.2).
> GET http://[::1]:8081/ HTTP/1.1\r\n
> Host: [::1]:8081\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
