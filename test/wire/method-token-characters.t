# Every character of a token may be in a method (RFC 9110, 5.6.2 and 9.1).
> !#$%&'*+-.^_`|~09AZaz / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 57\r\n
< \r\n
< 501 Not Implemented: The method is not implemented here.\n
open
