# A comma in quotation marks parts no list: chunked is not the last here.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: gzip;a="b, chunked"\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 58\r\n
< \r\n
< 400 Bad Request: The last transfer coding is not chunked.\n
closed
