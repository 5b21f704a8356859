# A client that takes the tunnel for granted sends TLS at once.
> CONNECT a:443 HTTP/1.1\r\n
> Host: a:443\r\n
> \r\n
> \x16\x03\x01\x00\x05hello
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 63\r\n
< \r\n
< 501 Not Implemented: CONNECT is for proxies, and this is none.\n
closed
