# An empty line is not the beginning of a request (RFC 9112, 2.2): old clients send one behind a
# body.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> \r\n
> hello\r\n
eof
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
closed
