# Each chunk has so much for itself.
set max-chunk-line 8
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5;abcd\r\n
> hello\r\n
> 2;efgh\r\n
> !!\r\n
> 0;ijkl\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 7\r\n
< \r\n
< hello!!
open
