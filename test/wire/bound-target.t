# A target beyond the bound is answered with 414 (RFC 9112, 3).
set max-target 16
> GET /items/0123456789 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 414 URI Too Long\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
