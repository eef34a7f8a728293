-- bearer tokens of the HTTP API; a user who is removed takes them along
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
    scopes TEXT NOT NULL CHECK (json_valid(scopes)),
    made TEXT NOT NULL,
    expires TEXT NOT NULL,
    used TEXT                            -- to the hour
) STRICT, WITHOUT ROWID;
CREATE INDEX api_tokens_user ON api_tokens (user);
