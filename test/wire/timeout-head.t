# A head that does not come to its end is answered with 408 (RFC 9110, 15.5.9).
> GET / HTTP/1.1\r\n
> Host:
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
