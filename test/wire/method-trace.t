# TRACE would show a script what it may not see (RFC 9110, 9.3.8).
> TRACE / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 57\r\n
< \r\n
< 501 Not Implemented: The method is not implemented here.\n
open
