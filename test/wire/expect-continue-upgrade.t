# Beside an Upgrade that is ignored it is answered as ever (RFC 9110, 7.8).
> POST /echo HTTP/1.1\r\n
> Host: a\r\n
> Connection: Upgrade\r\n
> Upgrade: websocket\r\n
> Content-Length: 5\r\n
> Expect: 100-continue\r\n
> \r\n
< HTTP/1.1 100 Continue\r\n
< \r\n
> hello
< HTTP/1.1 200 OK\r\n
< {server}
< Content-Type: text/plain\r\n
< Content-Length: 5\r\n
< \r\n
< hello
open
