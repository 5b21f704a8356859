# A body with a length and a chunked one between requests.
> GET /items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Content-Length: 5\r\n
> \r\n
> helloGET /items/2 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Transfer-Encoding: chunked\r\n
> \r\n
> 5\r\n
> hello\r\n
> 0\r\n
> \r\n
> GET /items/3 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 1HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< helloHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 2HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< helloHTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 1\r\n
< \r\n
< 3
open
