"""What the gateways count, in the Prometheus text format. Nothing of jobs, hosts or people is among it."""
