"""Does this gate hold, here and now? Known ways past a proxy, replayed on loopback through a real port."""
