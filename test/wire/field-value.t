# The value of a field reaches the handler, and the handler adds a field of its own.
> GET /field HTTP/1.1\r\n
> Host: a\r\n
> X-Test: value\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< X-Reply: a, b\r\n
< \r\n
< value
open
