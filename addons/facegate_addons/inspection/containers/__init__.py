"""What carries other files: archives, compressed streams, mail, databases, columns. One format a file."""
