# A client that says nothing is told nothing.
timeout
<
closed
