"""The program: configuration, state, vault, console, command line, process supervision."""
