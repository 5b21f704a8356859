# Also beside a field without a coding.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding:\r\n
> Content-Length: 5\r\n
> \r\n
> hello
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 63\r\n
< \r\n
< 400 Bad Request: Content-Length stands with Transfer-Encoding.\n
closed
