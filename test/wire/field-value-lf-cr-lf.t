# An LF before it would end the line for others.
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X: a\n\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 47\r\n
< \r\n
< 400 Bad Request: A line does not end in CR LF.\n
closed
