# A folded Host is a folded line.
> GET / HTTP/1.1\r\n
> Host:\r\n
>  a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 41\r\n
< \r\n
< 400 Bad Request: A field line is folded.\n
closed
