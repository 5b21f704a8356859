# A number has no sign.
> GET / HTTP/+1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 67\r\n
< \r\n
< 400 Bad Request: The request line does not end in an HTTP version.\n
closed
