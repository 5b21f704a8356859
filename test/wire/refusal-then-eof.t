# The client ends its side after a refusal.
> GET\r\n
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: {length}\r\n
< \r\n
< {body}
eof
<
closed
