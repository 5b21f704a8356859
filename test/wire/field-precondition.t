# A resource without modification date and entity tag knows no precondition (RFC 9110, 13.1).
> GET / HTTP/1.1\r\n
> Host: a\r\n
> If-Modified-Since: Sat, 29 Oct 1994 19:43:31 GMT\r\n
> If-None-Match: "a"\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 2\r\n
< \r\n
< ok
open
