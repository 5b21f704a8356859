# Scheme and host are case-insensitive (RFC 9110, 4.2.3); a port may follow.
> GET HTTP://EXAMPLE.org:8081/ HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
