# A line ends in CR LF; this server does not guess (RFC 9112, 2.2 leaves the choice).
> GET / HTTP/1.1\nHost: a\n\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 47\r\n
< \r\n
< 400 Bad Request: A line does not end in CR LF.\n
closed
