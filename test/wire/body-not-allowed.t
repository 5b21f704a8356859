# The body of a request that is not allowed is read to its end.
> POST /only-get HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> \r\n
> helloGET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 405 Method Not Allowed\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 75\r\n
< Allow: GET, HEAD, OPTIONS\r\n
< \r\n
< 405 Method Not Allowed: The resource has other methods, which Allow tells.\nHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1
open
