# A client that never ends its side after the last response is let go.
> GET /close HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
timeout
<
closed
