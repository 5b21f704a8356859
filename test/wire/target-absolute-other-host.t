# The authority of the target wins over the Host field (RFC 9112, 3.2.2): both may stand.
> GET http://example.org/ HTTP/1.1\r\n
> Host: example.com\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
