# A bracket is closed (RFC 3986, 3.2.2).
> GET / HTTP/1.1\r\n
> Host: [::1\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
