"""`facegate serve`: one supervisor, its gateways and the console as child processes."""
