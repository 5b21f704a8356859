# HTTP/1.0 needs none.
> GET http://a/items/1 HTTP/1.0\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
closed
