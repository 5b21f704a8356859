# Input behind a refusal is thrown away, so that closing does not reset the connection (RFC 9112,
# 9.6).
> GET\r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 69\r\n
< \r\n
< 400 Bad Request: The method is not a token with one space behind it.\n
> {repeat 5000 0123456789}
<
closed
