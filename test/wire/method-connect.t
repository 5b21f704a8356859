# CONNECT is for proxies (RFC 9110, 9.3.6); what the client may have sent on is not read as a
# request.
> CONNECT a:80 HTTP/1.1\r\n
> Host: a:80\r\n
> \r\n
> GET / HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 501 Not Implemented\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 63\r\n
< \r\n
< 501 Not Implemented: CONNECT is for proxies, and this is none.\n
closed
