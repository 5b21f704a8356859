# A body is any bytes.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 6\r\n
> \r\n
> \x00\x01\r\n
> \xff\x7f
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 6\r\n
< \r\n
< \x00\x01\r\n
< \xff\x7f
open
