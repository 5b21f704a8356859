# The asterisk-form belongs to OPTIONS (RFC 9112, 3.2.4).
> GET * HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 52\r\n
< \r\n
< 400 Bad Request: The target '*' belongs to OPTIONS.\n
closed
