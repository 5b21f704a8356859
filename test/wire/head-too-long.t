# A refusal of HEAD has no body either.
> HEAD / HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 9999999\r\n
> \r\n
< HTTP/1.1 413 Content Too Large\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 66\r\n
< \r\n
closed
