# A trailer field is not among the fields of the head (RFC 9110, 6.5.1).
> GET /field HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 0\r\n
> X-Test: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 4\r\n
< X-Reply: a, b\r\n
< \r\n
< none
open
