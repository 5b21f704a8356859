# TLS in the middle of a plain connection.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> \x16\x03\x03\x00\x01\x01
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< okHTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 400 Bad Request: This port speaks plain HTTP, not TLS.\n
closed
