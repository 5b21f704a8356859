# 405 tells the methods that there are (RFC 9110, 15.5.6).
> POST /only-get HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 405 Method Not Allowed\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 75\r\n
< Allow: GET, HEAD, OPTIONS\r\n
< \r\n
< 405 Method Not Allowed: The resource has other methods, which Allow tells.\n
open
