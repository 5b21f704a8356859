# What browsers leave as it is in a query, though RFC 3986 does not know it, is passed on (URL
# Standard, 1.3).
> GET /query?a[b]=\\^`\x7b|\x7d HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 11\r\n
< \r\n
< a[b]=\\^`\x7b|\x7d
open
