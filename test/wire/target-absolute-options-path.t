# With a path it asks about the resource.
> OPTIONS http://a/only-get HTTP/1.1\r\n
> Host: a\r\n
> \r\n
< HTTP/1.1 204 No Content\r\n
< {server}
< Allow: GET, HEAD, OPTIONS\r\n
< \r\n
open
