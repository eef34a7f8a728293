"""`facegate check`: what is wrong with an installation, one subject a file, and what to do about it."""
