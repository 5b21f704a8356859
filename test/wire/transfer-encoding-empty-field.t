# A field without a coding adds nothing to the list.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding:\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
