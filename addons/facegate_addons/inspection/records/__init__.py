"""Records and rows: mail, multipart bodies, web archives, databases, tables and serialised objects."""
