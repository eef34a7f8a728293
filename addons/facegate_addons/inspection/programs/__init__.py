"""Opening programs, and the data files that travel with them."""
