# A body that does not come to its end.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 10\r\n
> \r\n
> hello
<
timeout
< HTTP/1.1 408 Request Timeout\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 408 Request Timeout: The request did not come in time.\n
closed
