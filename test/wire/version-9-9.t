# Another major version is not supported (RFC 9110, 15.6.6).
> GET / HTTP/9.9\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 505 HTTP Version Not Supported\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
