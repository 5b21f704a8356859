# The preface with the frames that follow it: one answer, and what it was about.
> PRI * HTTP/2.0\r\n
> \r\n
> SM\r\n
> \r\n
> \x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x04\x00\xa0\x00\x00\x00\x02\x00\x00\x00\x00
< HTTP/1.1 505 HTTP Version Not Supported\r\n
< {server}
< Connection: close\r\n
< Content-Type: text/plain\r\n
< Content-Length: 86\r\n
< \r\n
< 505 HTTP Version Not Supported: HTTP/2 is not spoken here, but HTTP/1.0 and HTTP/1.1.\n
closed
