# OPTIONS of a URI without a path asks about the server (RFC 9112, 3.2.4).
> OPTIONS http://a HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n
< \r\n
open
