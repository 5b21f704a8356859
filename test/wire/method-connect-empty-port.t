# An empty port is refused with 400 (RFC 9110, 9.3.6).
> CONNECT a: HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 39\r\n
< \r\n
< 400 Bad Request: CONNECT needs a port.\n
closed
