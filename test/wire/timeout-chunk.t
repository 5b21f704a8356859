# A chunked body that does not come to its end.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5\r\n
> hel
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
