"""Opening sound files: their covers, tags and frames.

The sound itself is searched like any bytes that no viewer shows. What stays open: samples, or frames that only look
like sound, that a client who knows takes for pixels.
"""
