# A field line ends in CR LF (RFC 9112, 2.2 leaves the choice).
> GET / HTTP/1.1\r\n
> Host: a\nX-Test: b\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 47\r\n
< \r\n
< 400 Bad Request: A line does not end in CR LF.\n
closed
