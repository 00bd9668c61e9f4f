"""The first pull of a trip's scope: three settlements out of the region, by a new tablet, timed at the server."""

from __future__ import annotations

import statistics
import time

import orjson
from flask import Flask

from server import devices
from tests.benchmarks import regional
from tests.benchmarks.bench import Bench
from tests.benchmarks.frame import Figure

NUMBER = 6
NAME = "scope"
WORK = "first pull of a trip's scope (3 settlements, about 500 families) from the region"
GOAL = "≤ 100 ms at the server"
MS = 100
TABLETS = 5


def run(bench: Bench) -> list[Figure]:
    with regional.there(bench) as (app, made):
        token = _enrolled(app, made.plan.team)
        _pull(app, token)  # warms up
        with bench.profiled():
            pulls = [_pull(app, token) for _ in range(TABLETS)]
    spent = 1000 * statistics.median(seconds for seconds, _, _ in pulls)
    _, records, requests = pulls[0]
    note = f"{records:,} records in {requests} answers, of {made.families:,} families; uncompressed, warm"
    details = {"records": records, "answers": requests, "ms": [1000 * seconds for seconds, *_ in pulls]}
    return [Figure(NAME, WORK, GOAL, spent, "ms", spent <= MS, note=note, details=details)]


def _enrolled(app: Flask, team: str) -> str:
    with app.app_context():
        return devices.enroll(devices.new_code(team)[0], "Планшет", "bench", "key").token


def _pull(app: Flask, token: str) -> tuple[float, int, int]:
    """Seconds inside the application, records, answers: POST /sync, then GET /changes to the head."""
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    began = time.perf_counter()
    answer = client.post("/api/v1/sync", data=b'{"cursor": null, "limit": 500}', headers=headers)
    spent, requests = time.perf_counter() - began, 1
    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    records, cursor, more = len(said["changes"]), said["cursor"], said["more"]
    while more:
        began = time.perf_counter()
        answer = client.get("/api/v1/changes", query_string={"cursor": cursor}, headers=headers)
        spent, requests = spent + time.perf_counter() - began, requests + 1
        lines = [orjson.loads(line) for line in answer.data.splitlines()]
        records += sum("id" in line for line in lines)
        cursor, more = lines[-1]["cursor"], lines[-1]["more"]
    return spent, records, requests
