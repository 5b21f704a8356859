# A server may ignore an offer to upgrade (RFC 9110, 7.8).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: Upgrade, HTTP2-Settings\r\n
> Upgrade: h2c\r\n
> HTTP2-Settings: AAMAAABkAAQAAP__\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: Upgrade, HTTP2-Settings\r\n
> Upgrade: h2c\r\n
> HTTP2-Settings: AAMAAABkAAQAAP__\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
