# A length beside a coding that is not known is refused as it is beside chunked.
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: gzip\r\n
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
