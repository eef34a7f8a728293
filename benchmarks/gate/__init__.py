"""The gateway beside what it would be glued together from, on one machine in one run: `make bench`."""
