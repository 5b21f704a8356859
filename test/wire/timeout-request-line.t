# Also in its first line.
> GET
<
timeout
< HTTP/1.1 408 Request Timeout\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
closed
