# The query is what stands behind the first question mark (RFC 3986, 3.4).
> GET /query?a=b&c=%20?d HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 11\r\n
< \r\n
< a=b&c=%20?d
open
