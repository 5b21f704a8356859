# More than one read, and more responses than fit one send.
> {repeat 600 GET / HTTP/1.1\r\nHost: a\r\n\r\n}
< {repeat 600 HTTP/1.1 200 OK\r\n{server}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nok}
open
