# Also in HTTP/1.0 that would stay open.
> CONNECT a:80 HTTP/1.0\r\n
> Connection: keep-alive\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 63\r\n
< \r\n
< 501 Not Implemented: CONNECT is for proxies, and this is none.\n
closed
