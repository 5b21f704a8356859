# HTTP/3 is not spoken over TCP at all; 505 tells what is (RFC 9110, 15.6.6).
> GET / HTTP/3.0\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 505 HTTP Version Not Supported\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 74\r\n
< \r\n
< 505 HTTP Version Not Supported: This server speaks HTTP/1.0 and HTTP/1.1.\n
closed
