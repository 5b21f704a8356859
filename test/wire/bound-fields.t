# Fields beyond the bound are answered with 431 (RFC 6585, 5).
set max-fields 2
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> A: b\r\n
> C: d\r\n
> \r\n
< HTTP/1.1 431 Request Header Fields Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
