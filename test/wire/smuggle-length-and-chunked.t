# The request that a proxy which goes by the length would not see (RFC 9112, 11.2) is not served.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 6\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 0\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 63\r\n
< \r\n
< 400 Bad Request: Content-Length stands with Transfer-Encoding.\n
closed
