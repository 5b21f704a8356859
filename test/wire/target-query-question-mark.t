# Slashes and question marks belong to a query (RFC 3986, 3.4).
> GET /query?a/b?c HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< a/b?c
open
