# A body that turns out too long behind 100 Continue still has its final answer.
set max-body 10
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> Expect: 100-continue\r\n
> \r\n
< HTTP/1.1 100 Continue\r\n
< \r\n
> b\r\n
> hello world\r\n
> 0\r\n
> \r\n
< HTTP/1.1 413 Content Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
< 413 Content Too Large: The body is longer than this server takes.\n
closed
