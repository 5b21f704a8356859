# Every character of a token may be in a name (RFC 9110, 5.1 and 5.6.2).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> !#$%&'*+-.^_`|~09AZaz: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
