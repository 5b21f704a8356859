# A body in HTTP/1.0 that stays open.
> POST /echo HTTP/1.0\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> Content-Length: 5\r\n
> \r\n
> helloPOST /echo HTTP/1.0\r\n
> Host: a\r\n
> Connection: keep-alive\r\n
> Content-Length: 5\r\n
> \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: keep-alive\r\n
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< helloHTTP/1.1 200 OK\r\n
< {server}
< Connection: keep-alive\r\n
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
