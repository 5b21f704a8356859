# A number that no machine word holds is well-formed and too large (RFC 9110, 8.6).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 99999999999999999999999\r\n
> \r\n
< HTTP/1.1 413 Content Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 413 Content Too Large: The body is longer than this server takes.\n
closed
