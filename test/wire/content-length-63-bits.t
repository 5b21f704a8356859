# The greatest number of 63 bits.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 9223372036854775807\r\n
> \r\n
< HTTP/1.1 413 Content Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 413 Content Too Large: The body is longer than this server takes.\n
closed
