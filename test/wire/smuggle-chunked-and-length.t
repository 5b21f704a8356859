# Nor the one that a proxy which goes by the chunks would not see.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> Content-Length: 4\r\n
> \r\n
> 5c\r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 63\r\n
< \r\n
< 400 Bad Request: Content-Length stands with Transfer-Encoding.\n
closed
