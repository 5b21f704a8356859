# With its duties.
> GET / HTTP/1.9\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 48\r\n
< \r\n
< 400 Bad Request: The request has no Host field.\n
closed
