# Nor is its second version, which begins with empty lines.
> \r\n
> \r\n
> \x00\r\n
> QUIT\n\x21\x11\x00\x0c
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 49\r\n
< \r\n
< 400 Bad Request: A request begins with a method.\n
closed
