"""What is wrapped under the master key, all of it: a rotation that forgot one would make it unreadable.

Beside these there are the keys of records, in the column wrapped_key, each with the id of its master key.
"""

# settings that hold in base64 what was wrapped for their own name, always under the current key
SETTINGS = ("identity-secret", "erasure-secret")
