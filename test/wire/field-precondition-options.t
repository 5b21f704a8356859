# OPTIONS knows no precondition (RFC 9110, 13.2.1).
> OPTIONS * HTTP/1.1\r\n
> Host: a\r\n
> If-Match: "a"\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n
< \r\n
open
