"""What the gate knows and decides, without a proxy, a clock or a database."""
