"""Two tus clients that we did not write, cut again and again on their way, bring a photo home whole."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Thread

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.benchmarks.peers.installing import NotToBeHad, node, node_module
from tests.simulation.proxy import Proxy
from tests.support import camera
from tests.support.runs import Run
from tests.support.uploading import blob, sha256
from tests.support.world import Tablet, World, make_app

BUILD = Path(__file__).parents[2] / "build"
PACKAGE = "tus-js-client@4.3.1"
CHUNK = 8_000
CUTS = 10
SCRIPT = """
const [tus, fs, http] = [require("tus-js-client"), require("fs"), require("http")];
const told = JSON.parse(process.argv[2]);
const agent = new http.Agent({ keepAlive: false });
const upload = new tus.Upload(fs.readFileSync(told.file), {
  endpoint: told.endpoint, headers: told.headers, chunkSize: told.chunk, metadata: { filename: "photo.jpg" },
  retryDelays: Array(100).fill(1), onShouldRetry: () => true, httpStack: new tus.DefaultHttpStack({ agent }),
  onError: (error) => { console.error(String(error)); process.exit(1); }, onSuccess: () => process.exit(0),
});
upload.start();
"""


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def tablet(sqlite_url: str, tmp_path: Path) -> Tablet:
    return World(make_app(sqlite_url, tmp_path)).tablet()


@contextmanager
def bad_way(tablet: Tablet, seed: object) -> Iterator[Proxy]:
    """A proxy that cuts, before a server."""
    server = make_server("127.0.0.1", 0, tablet.world.app, threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    proxy = Proxy(server.server_port, Random(str(seed)))
    try:
        yield proxy
    finally:
        proxy.close()
        server.shutdown()
        server.server_close()


def cuts(proxy: Proxy) -> int:
    return proxy.suffered.get("cut up", 0) + proxy.suffered.get("lost", 0)


def test_tuspy_is_cut_ten_times_and_finishes(tablet: Tablet, tmp_path: Path, run: Run) -> None:
    data = camera.photo("tuspy", (1024, 768))
    file = tmp_path / "photo.jpg"
    file.write_bytes(data)
    with bad_way(tablet, f"{run.seed}/tuspy") as proxy:
        client = TusClient(f"{proxy.url}/api/v1/uploads", headers=dict(tablet.headers))
        url, offset = None, 0
        while offset < len(data):
            try:
                uploader = client.uploader(str(file), chunk_size=CHUNK, url=url, upload_checksum=True)
                url = uploader.url or url
                while offset < len(data):
                    uploader.upload_chunk()
                    url, offset = uploader.url, uploader.offset
            except (TusCommunicationError, requests.RequestException):
                continue
        assert cuts(proxy) >= CUTS, proxy.suffered
    assert blob(tablet, sha256(data)).status_code == 200


def test_tus_js_client_is_cut_ten_times_and_finishes(tablet: Tablet, tmp_path: Path, run: Run) -> None:
    try:
        place = node_module(BUILD, "tus-js-client", PACKAGE)
    except NotToBeHad as why:
        pytest.skip(f"tus-js-client: {why}")
    data = camera.photo("tus-js-client", (1024, 768))
    file, script = tmp_path / "photo.jpg", place / "upload.cjs"
    file.write_bytes(data)
    script.write_text(SCRIPT)
    with bad_way(tablet, f"{run.seed}/tus-js-client") as proxy:
        told = {"file": str(file), "endpoint": f"{proxy.url}/api/v1/uploads", "chunk": CHUNK}
        command = [*node(), str(script), json.dumps(told | {"headers": tablet.headers})]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-500:]
        assert cuts(proxy) >= CUTS, proxy.suffered
    assert blob(tablet, sha256(data)).status_code == 200
