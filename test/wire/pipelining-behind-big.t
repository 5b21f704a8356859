# A request behind a response that the socket does not take at once waits for it.
> GET /big HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 300000\r\n
< \r\n
< {repeat 300000 b}HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
