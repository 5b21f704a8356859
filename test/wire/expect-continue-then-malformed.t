# So has one that is malformed.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> Expect: 100-continue\r\n
> \r\n
< HTTP/1.1 100 Continue\r\n
< \r\n
> x\r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 50\r\n
< \r\n
< 400 Bad Request: A chunk size is not hexadecimal.\n
closed
