# White space before the method is no part of a request line (RFC 9112, 2.2).
>  GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 49\r\n
< \r\n
< 400 Bad Request: A request begins with a method.\n
closed
