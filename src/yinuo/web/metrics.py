"""Measures for operators, in Prometheus' form at /metrics."""

from prometheus_client import Histogram

REQUEST_SECONDS = Histogram(
    "yinuo_request_seconds",
    "Time from a request's arrival to its answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
