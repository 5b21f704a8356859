# Sizes are hexadecimal.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> a\r\n
> 0123456789\r\n
> 0\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 10\r\n
< \r\n
< 0123456789
open
