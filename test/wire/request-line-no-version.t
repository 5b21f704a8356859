# The request of HTTP/0.9 is not understood any more (RFC 9112, appendix C.1).
> GET /\r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 67\r\n
< \r\n
< 400 Bad Request: The request line does not end in an HTTP version.\n
closed
