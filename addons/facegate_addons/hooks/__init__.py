"""One mitmproxy addon per file; chain.py orders them. The seal is the last writer."""
