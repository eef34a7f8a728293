"""Which job a client's connection belongs to, where that was settled once for the whole connection."""


class Bindings:
    def __init__(self) -> None:
        self._jobs: dict[str, str] = {}

    def bind(self, client_id: str, job_id: str) -> None:
        """`client_id` is that of mitmproxy's client connection."""
        self._jobs[client_id] = job_id

    def job_of(self, client_id: str) -> str | None:
        return self._jobs.get(client_id)

    def forget(self, client_id: str) -> None:
        self._jobs.pop(client_id, None)
