# The request of HTTP/0.9 is not understood any more (RFC 9112, appendix C.1).
> GET /\r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
