# A field that is not there.
> GET /field HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 4\r\n
< X-Reply: a, b\r\n
< \r\n
< none
open
