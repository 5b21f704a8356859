# Below chunked it is a coding that is not known.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: identity, chunked\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 60\r\n
< \r\n
< 501 Not Implemented: The transfer coding is not known here.\n
closed
