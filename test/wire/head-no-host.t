# A refusal of HEAD has no body either.
> HEAD / HTTP/1.1\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 48\r\n
< \r\n
closed
