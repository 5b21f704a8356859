# A request line that is longer than the server reads is answered with 414 (RFC 9112, 3).
set max-head 128
> GET /items/{repeat 200 a} HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 414 URI Too Long\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 48\r\n
< \r\n
< 414 URI Too Long: The request line is too long.\n
closed
