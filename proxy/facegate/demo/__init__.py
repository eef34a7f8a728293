"""`facegate demo`: a local web site with photographs, a gateway, and crawls of it, told on one terminal."""
