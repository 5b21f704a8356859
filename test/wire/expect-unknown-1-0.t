# What a request of HTTP/1.0 expects is ignored, whatever it is.
> POST /echo HTTP/1.0\r\n
> Content-Length: 5\r\n
> Expect: a\r\n
> \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
closed
