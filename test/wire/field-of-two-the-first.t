# Of several fields of a name the handler asks for the first.
> GET /field HTTP/1.1\r\n
> Host: a\r\n
> X-Test: one\r\n
> X-Test: two\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 3\r\n
< X-Reply: a, b\r\n
< \r\n
< one
open
