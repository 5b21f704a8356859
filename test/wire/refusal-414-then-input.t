# Input behind 414 is thrown away, lest closing resets the connection.
set max-head 100
> GET /{repeat 300 a} HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> {repeat 200 x}
< HTTP/1.1 414 URI Too Long\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 48\r\n
< \r\n
< 414 URI Too Long: The request line is too long.\n
closed
