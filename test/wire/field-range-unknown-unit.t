# Also one of a unit that nobody knows.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Range: lines=1-2\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
