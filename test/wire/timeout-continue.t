# A client that was told to go on, and does not.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Expect: 100-continue\r\n
> Content-Length: 5\r\n
> \r\n
< HTTP/1.1 100 Continue\r\n
< \r\n
timeout
< HTTP/1.1 408 Request Timeout\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 408 Request Timeout: The request did not come in time.\n
closed
