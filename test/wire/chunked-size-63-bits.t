# The greatest size of 63 bits is one; the body is too long before it ends.
set max-body 10
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 7fffffffffffffff\r\n
> hello world
< HTTP/1.1 413 Content Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 413 Content Too Large: The body is longer than this server takes.\n
closed
