# A connection without a request.
eof
<
closed
