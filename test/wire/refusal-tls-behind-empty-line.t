# Behind an empty line too.
> \r\n
> \x16\x03\x01
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 400 Bad Request: This port speaks plain HTTP, not TLS.\n
closed
