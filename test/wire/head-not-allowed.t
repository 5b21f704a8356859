# A route for POST does not serve HEAD.
> HEAD /echo HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 405 Method Not Allowed\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 75\r\n
< Allow: POST, OPTIONS\r\n
< \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
