# Bytes from 0x80 up are opaque (RFC 9110, 5.5).
> GET /field HTTP/1.1\r\n
> Host: a\r\n
> X-Test: \xe9\xff\x80\xa0\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 4\r\n
< X-Reply: a, b\r\n
< \r\n
< \xe9\xff\x80\xa0
open
