# A percent sign has two hexadecimal digits behind it (RFC 3986, 2.1).
> GET /items/%4 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 400 Bad Request: A '%' in the path has no two hexadecimal digits.\n
closed
