# The client that was told to go on does not.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Expect: 100-continue\r\n
> Content-Length: 5\r\n
> \r\n
< HTTP/1.1 100 Continue\r\n
< \r\n
eof
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 56\r\n
< \r\n
< 400 Bad Request: The request ended before it was whole.\n
closed
