# What was asked before a refusal is answered first.
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/2 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET\r\n
> \r\n
> GET /items/3 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 2HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 69\r\n
< \r\n
< 400 Bad Request: The method is not a token with one space behind it.\n
closed
