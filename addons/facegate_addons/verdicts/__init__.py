"""What was looked at before: verdicts by everything they depend on, and one look for all who ask at once."""
