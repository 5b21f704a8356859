# A path has no quotation mark (RFC 3986, 3.3).
> GET /a"b HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 400 Bad Request: The request target holds a byte that it may not.\n
closed
