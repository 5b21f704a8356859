# Close with a body: it is read, answered, then closed.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Connection: close\r\n
> Content-Length: 5\r\n
> \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
closed
