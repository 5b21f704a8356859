# Bytes from 0x80 up are taken.
> GET /mirror/%c3%a4 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 8\r\n
< X-Mirror: \xc3\xa4\r\n
< \r\n
< mirrored
open
