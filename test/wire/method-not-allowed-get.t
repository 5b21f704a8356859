# Of a route for POST.
> GET /echo HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 405 Method Not Allowed\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 75\r\n
< Allow: POST, OPTIONS\r\n
< \r\n
< 405 Method Not Allowed: The resource has other methods, which Allow tells.\n
open
