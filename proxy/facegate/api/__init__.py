"""The HTTP API on the console's port: what the command line does with jobs and people, for programs."""
