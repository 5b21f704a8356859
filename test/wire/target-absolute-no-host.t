# An http URI with an empty host is invalid (RFC 9110, 4.2.1).
> GET http:///items/7 HTTP/1.1\r\n
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
