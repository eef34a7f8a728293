"""The detector beside others on the same labelled pictures in the same run: recall, false positives, time, memory."""
