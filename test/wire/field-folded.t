# A folded field line is refused (RFC 9112, 5.2).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X-Test: a\r\n
>  b\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 41\r\n
< \r\n
< 400 Bad Request: A field line is folded.\n
closed
