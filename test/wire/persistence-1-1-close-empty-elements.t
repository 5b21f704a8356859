# Empty elements of the list are ignored (RFC 9110, 5.6.1.2).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> Connection: , ,close\t,\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
closed
