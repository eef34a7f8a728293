"""The price of the gate on ordinary traffic: files of published packages, and the packages themselves, as bodies."""
