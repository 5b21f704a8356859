# A coding is a token (RFC 9112, 7).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: "chunked"\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 59\r\n
< \r\n
< 400 Bad Request: The Transfer-Encoding field is malformed.\n
closed
