# OPTIONS with a body.
> OPTIONS * HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> \r\n
> helloGET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n
< \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
