# In HTTP/1.0 framing is faulty even if there is a length (RFC 9112, 6.1).
> POST /echo HTTP/1.0\r\n
> Connection: keep-alive\r\n
> Transfer-Encoding: chunked\r\n
> Content-Length: 5\r\n
> \r\n
> hello
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 63\r\n
< \r\n
< 400 Bad Request: Content-Length stands with Transfer-Encoding.\n
closed
