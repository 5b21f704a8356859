# Not behind a backslash either.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5;a="b\\\ncd"\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 65\r\n
< \r\n
< 400 Bad Request: A chunk extension holds a byte that it may not.\n
closed
