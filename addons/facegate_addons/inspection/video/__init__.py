"""Moving pictures: the only way to PyAV."""
