# Max-Forwards is for those who forward (RFC 9110, 7.6.2).
> OPTIONS * HTTP/1.1\r\n
> Host: a\r\n
> Max-Forwards: 0\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n
< \r\n
open
