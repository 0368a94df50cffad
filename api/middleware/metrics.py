"""Counters for Prometheus: the only file that knows its client. Labels are route templates."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """What one app has answered, and what its library holds."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "noterank_requests", "Answers by method, route and status.",
            ("method", "route", "status"), registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "noterank_request_seconds", "Seconds to an answer, by route.", ("route",),
            registry=self._registry, buckets=_BUCKETS,
        )  # fmt: skip
        self._notes = Gauge("noterank_notes", "Notes in the index.", registry=self._registry)
        self._version = Gauge(
            "noterank_index_version", "Version of the index.", registry=self._registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer; `route` is a template, "" for what no route takes."""
        self._requests.labels(method, route or "none", str(status)).inc()
        self._seconds.labels(route or "none").observe(seconds)

    def text(self, notes: int, version: int) -> bytes:
        """The page that Prometheus reads."""
        self._notes.set(notes)
        self._version.set(version)
        return generate_latest(self._registry)
