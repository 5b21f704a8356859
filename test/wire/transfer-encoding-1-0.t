# In HTTP/1.0 it is faulty framing (RFC 9112, 6.1).
> POST /echo HTTP/1.0\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 52\r\n
< \r\n
< 400 Bad Request: HTTP/1.0 has no Transfer-Encoding.\n
closed
