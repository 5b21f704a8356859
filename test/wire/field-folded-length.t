# Folding hides no length.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
>  6\r\n
> \r\n
> hello
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 41\r\n
< \r\n
< 400 Bad Request: A field line is folded.\n
closed
