# A trailer section is bounded like a head (RFC 6585, 5).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 0\r\n
> {repeat 100 X-Sum: {repeat 90 y}\r\n}\r\n
< HTTP/1.1 431 Request Header Fields Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 70\r\n
< \r\n
< 431 Request Header Fields Too Large: The trailer section is too long.\n
closed
