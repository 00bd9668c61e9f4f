"""Kinto on PostgreSQL behind gunicorn with 2 workers: `/batch` of 500, and its pages of records."""

from __future__ import annotations

import base64
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from tests.benchmarks.bench import Bench
from tests.benchmarks.peers.installing import NotToBeHad, free_port, process, venv
from tests.benchmarks.scene import Op
from tests.benchmarks.senders import Connection

BATCH = 500
REQUIREMENTS = ("kinto[postgresql]>=26,<27", "gunicorn>=25,<28")
BUCKET = "/v1/buckets/bench"
RECORDS = f"{BUCKET}/collections/visits/records"
INI = """\
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.cache_backend = kinto.core.cache.postgresql
kinto.cache_url = {url}
kinto.userid_hmac_secret = bench
kinto.bucket_create_principals = system.Everyone
kinto.batch_max_requests = 500
kinto.paginate_by = 500
multiauth.policies = basicauth
"""
APP = 'from pyramid.paster import get_app\n\napplication = get_app("kinto.ini")\n'


class Kinto:
    """A running Kinto with an empty collection."""

    def __init__(self, url: str) -> None:
        login = base64.b64encode(b"bench:bench").decode()
        self.http = Connection(url, {"Authorization": f"Basic {login}"})
        self.http.json("PUT", BUCKET, {"data": {}})
        self.http.json("PUT", f"{BUCKET}/collections/visits", {"data": {}})

    def push(self, ops: Sequence[Op]) -> float:
        """Records a second, each under its own id."""
        began = time.perf_counter()
        for start in range(0, len(ops), BATCH):
            asked = [{"path": f"{RECORDS}/{op['id']}", "body": {"data": op["set"] | op["add"]}}
                     for op in ops[start : start + BATCH]]  # fmt: skip
            said = self.http.json("POST", "/v1/batch", {"defaults": {"method": "PUT"}, "requests": asked})
            assert all(each["status"] == 201 for each in said["responses"]), said["responses"][:1]
        return len(ops) / (time.perf_counter() - began)

    def pull(self, ops: Sequence[Op]) -> float:
        """Records a second, pages of 500."""
        self.push(ops)
        began = time.perf_counter()
        path, got = f"{RECORDS}?_limit={BATCH}", 0
        while path:
            self.http.http.request("GET", path, headers=self.http.headers)
            answer = self.http.http.getresponse()
            got += answer.read().count(b'"last_modified"')
            following = urlsplit(answer.headers.get("Next-Page", ""))
            path = f"{following.path}?{following.query}" if following.path else ""
        assert got == len(ops), got
        return got / (time.perf_counter() - began)


@contextmanager
def running(bench: Bench) -> Iterator[Kinto]:
    """Installed, migrated and served. Raises NotToBeHad, Unavailable."""
    programs = venv(bench.build, "kinto", *REQUIREMENTS)
    with bench.folder() as folder, bench.database("PostgreSQL", folder) as database:
        url = make_url(database).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
        (folder / "kinto.ini").write_text(INI.format(url=url.replace("%", "%%")))
        (folder / "kinto_app.py").write_text(APP)
        done = subprocess.run([programs / "kinto", "migrate", "--ini", "kinto.ini"], cwd=folder, capture_output=True)
        if done.returncode:
            raise NotToBeHad("its migration failed")
        bind = f"127.0.0.1:{free_port()}"
        command = [
            programs / "gunicorn",
            "--workers=2",
            "--timeout=300",
            "--no-control-socket",
            f"--bind={bind}",
            "kinto_app",
        ]
        with process(command, folder, f"http://{bind}", "/v1"):
            yield Kinto(f"http://{bind}")
