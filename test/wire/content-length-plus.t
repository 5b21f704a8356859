# A sign is no digit (RFC 9110, 8.6).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: +5\r\n
> \r\n
> hello
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 59\r\n
< \r\n
< 400 Bad Request: The Content-Length field is not a number.\n
closed
