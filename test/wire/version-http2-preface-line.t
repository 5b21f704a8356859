# It is answered before its second line.
> PRI * HTTP/2.0\r\n
< HTTP/1.1 505 HTTP Version Not Supported\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 86\r\n
< \r\n
< 505 HTTP Version Not Supported: HTTP/2 is not spoken here, but HTTP/1.0 and HTTP/1.1.\n
> \r\n
> SM\r\n
> \r\n
closed
