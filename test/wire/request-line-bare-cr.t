# A CR without its LF (RFC 9112, 2.2).
> GET / HTTP/1.1\rHost: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 47\r\n
< \r\n
< 400 Bad Request: A line does not end in CR LF.\n
closed
