# What only ends like 100-continue is something else.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> Expect: y 100-continue\r\n
> \r\n
> hello
< HTTP/1.1 417 Expectation Failed\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 61\r\n
< \r\n
< 417 Expectation Failed: The expectation is not 100-continue.\n
closed
