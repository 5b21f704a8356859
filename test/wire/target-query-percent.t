# Also a percent sign alone, which they do not encode either.
> GET /query?a=100%&b=%zz HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 12\r\n
< \r\n
< a=100%&b=%zz
open
