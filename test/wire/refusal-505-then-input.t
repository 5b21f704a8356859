# The same behind 505.
> GET / HTTP/2.0\r\n
> Host: a\r\n
> \r\n
> {repeat 200 x}
< HTTP/1.1 505 HTTP Version Not Supported\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 86\r\n
< \r\n
< 505 HTTP Version Not Supported: HTTP/2 is not spoken here, but HTTP/1.0 and HTTP/1.1.\n
closed
