# A length changes nothing.
> CONNECT a:80 HTTP/1.1\r\n
> Host: a:80\r\n
> Content-Length: 5\r\n
> \r\n
> hello
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 63\r\n
< \r\n
< 501 Not Implemented: CONNECT is for proxies, and this is none.\n
closed
