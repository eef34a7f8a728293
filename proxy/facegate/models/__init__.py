"""The models that a home has: where they are, how one gets there."""
