# What fails without its preconditions fails with them (RFC 9110, 13.2.1).
> GET /nowhere HTTP/1.1\r\n
> Host: a\r\n
> If-Match: *\r\n
> If-None-Match: *\r\n
> \r\n
< HTTP/1.1 404 Not Found\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 42\r\n
< \r\n
< 404 Not Found: No resource has this path.\n
open
