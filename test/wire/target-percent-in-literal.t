# "%69tems" is "items": an unreserved character may be encoded (RFC 3986, 2.3).
> GET /%69tems/7 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 7
open
