# An expectation that the server cannot meet is answered with 417.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Expect: 200-ok\r\n
> \r\n
< HTTP/1.1 417 Expectation Failed\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 61\r\n
< \r\n
< 417 Expectation Failed: The expectation is not 100-continue.\n
closed
