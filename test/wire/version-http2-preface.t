# The connection preface of HTTP/2 with prior knowledge (RFC 9113, 3.4).
> PRI * HTTP/2.0\r\n
> \r\n
> SM\r\n
> \r\n
< HTTP/1.1 505 HTTP Version Not Supported\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
