# Behind the data of a chunk comes one CR.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5\r\n
> hello\r\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 60\r\n
< \r\n
< 400 Bad Request: A chunk, or a line, does not end in CR LF.\n
closed
