# As clients of Amazon S3 sign their chunks.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5;chunk-signature={repeat 64 a}\r\n
> hello\r\n
> 0;chunk-signature={repeat 64 b}\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
