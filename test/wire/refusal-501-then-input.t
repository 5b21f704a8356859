# The same behind 501 that ends the connection.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: gzip, chunked\r\n
> \r\n
> {repeat 200 x}
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 60\r\n
< \r\n
< 501 Not Implemented: The transfer coding is not known here.\n
closed
