# The body that was refused may come all the same.
set max-body 4
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 50000\r\n
> \r\n
< HTTP/1.1 413 Content Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 413 Content Too Large: The body is longer than this server takes.\n
> {repeat 5000 0123456789}
<
closed
