# A server ignores the expectation of a request of HTTP/1.0.
> POST /echo HTTP/1.0\r\n
> Host: a\r\n
> Expect: 100-continue\r\n
> Content-Length: 5\r\n
> \r\n
<
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
closed
