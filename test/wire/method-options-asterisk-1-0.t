# As a health check asks, without Host.
> OPTIONS * HTTP/1.0\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< Connection: close\r\n
< Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n
< \r\n
closed
