# A handler cannot send a 1xx status, which would be no final answer (RFC 9110, 15.2).
> GET /status/101 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 500 Internal Server Error\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 500 Internal Server Error: The handler gave no answer.\nHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
