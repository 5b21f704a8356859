# The bound is for the target as it was sent, in absolute-form too.
set max-target 16
> GET http://a/items/01 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 414 URI Too Long\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
