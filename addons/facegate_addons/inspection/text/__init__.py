"""Pictures written as text: which bytes are text, what its long runs spell, and when its letters are no language's."""
