# A bare CR in a value is refused (RFC 9110, 5.5).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> X-Test: a\rb\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 47\r\n
< \r\n
< 400 Bad Request: A line does not end in CR LF.\n
closed
