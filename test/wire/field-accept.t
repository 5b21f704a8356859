# What a client would rather have is for the handler (RFC 9110, 12).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Accept: image/png\r\n
> Accept-Encoding: gzip, identity;q=0\r\n
> Accept-Language: da\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
