# A request that fails whatever its body is gets its final status in place of 100; since the body
# may follow or not, the connection ends.
> POST /nowhere HTTP/1.1\r\n
> Host: a\r\n
> Expect: 100-continue\r\n
> Content-Length: 5\r\n
> \r\n
< HTTP/1.1 404 Not Found\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 42\r\n
< \r\n
< 404 Not Found: No resource has this path.\n
closed
