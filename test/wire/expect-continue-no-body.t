# Without a body nothing is left to go on with; 100 may be left out.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Expect: 100-continue\r\n
> Content-Length: 0\r\n
> \r\n
< {continue?}HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 0\r\n
< \r\n
open
