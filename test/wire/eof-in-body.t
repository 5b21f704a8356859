# A body that is shorter than it said is not whole (RFC 9112, 8).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 10\r\n
> \r\n
> hello
eof
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 56\r\n
< \r\n
< 400 Bad Request: The request ended before it was whole.\n
closed
