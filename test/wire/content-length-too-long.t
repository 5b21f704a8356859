# A body that is longer than the server takes is answered with 413 (RFC 9110, 15.5.14), and not
# read.
set max-body 5
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 6\r\n
> \r\n
> hello!
< HTTP/1.1 413 Content Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 413 Content Too Large: The body is longer than this server takes.\n
closed
