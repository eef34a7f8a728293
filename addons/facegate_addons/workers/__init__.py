"""Inspection runs in child processes, never in the proxy's process."""
