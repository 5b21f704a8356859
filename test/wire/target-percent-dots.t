# Encoded dots are what dots are: nothing is cleaned.
> GET /tree/%2e%2e/a HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 4\r\n
< \r\n
< ../a
open
