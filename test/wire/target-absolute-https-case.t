# In any case.
> GET HTTPS://a/items/1 HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 421 Misdirected Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 74\r\n
< \r\n
< 421 Misdirected Request: An https resource is not served over plain HTTP.\n
closed
