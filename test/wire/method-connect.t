# CONNECT is for proxies (RFC 9110, 9.3.6).
> CONNECT example.org:443 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
open
