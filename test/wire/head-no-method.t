# HEAD in another case is another method.
> head / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
open
