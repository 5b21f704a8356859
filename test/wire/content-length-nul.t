# A NUL does not end a number.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\x006\r\n
> \r\n
> hello
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 61\r\n
< \r\n
< 400 Bad Request: A field value holds a byte that it may not.\n
closed
