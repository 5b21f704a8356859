# White space is no value: this is the empty Host.
> GET / HTTP/1.1\r\n
> Host:  \t \r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
