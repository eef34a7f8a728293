"""The gate: everything that happens to one flow inside the proxy."""
