# A trailer field ends in CR LF.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 0\r\n
> X-Sum: 1\n\r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 47\r\n
< \r\n
< 400 Bad Request: A line does not end in CR LF.\n
closed
