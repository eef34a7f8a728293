"""Which job a client's connection speaks for, where the connection itself has said so and not each request in it."""


class Bindings:
    """Client connection id -> job id. Only the id is kept: whether the job may still crawl is asked at each request."""

    def __init__(self) -> None:
        self._jobs: dict[str, str] = {}

    def bind(self, client_id: str, job_id: str) -> None:
        self._jobs[client_id] = job_id

    def job_of(self, client_id: str) -> str | None:
        return self._jobs.get(client_id)

    def forget(self, client_id: str) -> None:
        """At the connection's end; one that was never bound is forgotten too."""
        self._jobs.pop(client_id, None)
