# The ClientHello of a client that speaks TLS to the wrong port is told so in plain text (RFC
# 8446, 5.1).
> \x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03{repeat 32 \xaa}\x20{repeat 32 \xbb}\x00\x02\x13\x01\x01\x00
< HTTP/1.1 400 Bad Request\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 55\r\n
< \r\n
< 400 Bad Request: This port speaks plain HTTP, not TLS.\n
closed
