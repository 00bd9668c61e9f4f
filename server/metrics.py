"""What is counted: every outcome, every batch, every refusal; names only, never personal data."""

from __future__ import annotations

import os

from prometheus_client import REGISTRY as OWN
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

OPS = Counter("vyezd_ops", "Ops by what became of them", ["outcome", "author"])
REFUSALS = Counter("vyezd_refusals", "Requests refused as a whole, by problem", ["code"])
FILES = Counter("vyezd_files", "Uploaded files by what became of them", ["outcome"])
REQUESTS = Histogram(
    "vyezd_request_seconds", "Requests by endpoint", ["endpoint", "status"], buckets=(0.005, 0.02, 0.1, 0.5, 2, 10)
)


def exposition() -> bytes:
    """All workers' figures in Prometheus's text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(OWN)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
