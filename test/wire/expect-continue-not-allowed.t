# The same for a method.
> POST /only-get HTTP/1.1\r\n
> Host: a\r\n
> Expect: 100-continue\r\n
> Content-Length: 5\r\n
> \r\n
< HTTP/1.1 405 Method Not Allowed\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 75\r\n
< Allow: GET, HEAD, OPTIONS\r\n
< \r\n
< 405 Method Not Allowed: The resource has other methods, which Allow tells.\n
closed
