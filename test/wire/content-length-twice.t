# Two fields, though equal: ambiguous framing is refused (RFC 9112, 6.3).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> Content-Length: 5\r\n
> \r\n
> hello
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 60\r\n
< \r\n
< 400 Bad Request: The request has two Content-Length fields.\n
closed
