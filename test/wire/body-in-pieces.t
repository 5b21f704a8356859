# Nothing is said before the body is whole.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 10\r\n
> \r\n
> hello
<
> world
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 10\r\n
< \r\n
< helloworld
open
