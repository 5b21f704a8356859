# The same behind 417, though the body comes all the same.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Expect: a\r\n
> Content-Length: 200\r\n
> \r\n
> {repeat 200 x}
< HTTP/1.1 417 Expectation Failed\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 61\r\n
< \r\n
< 417 Expectation Failed: The expectation is not 100-continue.\n
closed
