"""`facegate init`: the first configuration, the first job and the firewall's lines, from a few answers."""
