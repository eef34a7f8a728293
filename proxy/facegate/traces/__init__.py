"""One OpenTelemetry trace an exchange, where `traces.endpoint` names a collector. Nothing of it is imported else."""
