# A port is a number (RFC 3986, 3.2.3).
> GET http://example.org:http/ HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 67\r\n
< \r\n
< 400 Bad Request: The authority in the request target is malformed.\n
closed
