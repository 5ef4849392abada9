"""PostgreSQL itself: connections, the embedded server, binary COPY, arrays on the wire, slow statements."""
