# The connection preface of HTTP/2 with prior knowledge (RFC 9113, 3.4).
> PRI * HTTP/2.0\r\n
> \r\n
> SM\r\n
> \r\n
< HTTP/1.1 505 HTTP Version Not Supported\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 86\r\n
< \r\n
< 505 HTTP Version Not Supported: HTTP/2 is not spoken here, but HTTP/1.0 and HTTP/1.1.\n
closed
