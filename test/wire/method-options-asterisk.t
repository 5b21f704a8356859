# OPTIONS of the server as a whole (RFC 9110, 9.3.7).
> OPTIONS * HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n
< \r\n
open
