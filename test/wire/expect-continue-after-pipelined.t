# The response to the request before comes first.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Expect: 100-continue\r\n
> Content-Length: 5\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< okHTTP/1.1 100 Continue\r\n
< \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
