# Bytes that are no HTTP.
> \x00\x01\x02\x03\xff\xfe
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 49\r\n
< \r\n
< 400 Bad Request: A request begins with a method.\n
closed
