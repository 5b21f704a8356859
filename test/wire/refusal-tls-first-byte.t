# No second byte is waited for: none begins an HTTP request.
> \x16
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 400 Bad Request: This port speaks plain HTTP, not TLS.\n
> \x03\x01\x00\x05
closed
