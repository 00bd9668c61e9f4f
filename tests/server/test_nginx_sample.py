"""The proxy sample of docs/ before the real program: TLS, redirects, bounds, and whom the program then sees."""

from __future__ import annotations

import datetime
import getpass
import ipaddress
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, request

from server import database, keys, settings
from server.app import create_app
from tests.architecture.house import ROOT
from tests.browser.serving import served

HOST = "vyezd.example.org"
MAIN = """daemon off; user {user}; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/vyezd.conf;
}}
"""


@dataclass
class Proxy:
    """A running nginx: two ports, the certificate to trust, its folder."""

    http: int
    https: int
    folder: Path

    def get(self, path: str, port: int | None = None, **options: object) -> requests.Response:
        """A request under the sample's host name."""
        port = port or self.https
        scheme = "http" if port == self.http else "https"
        own = {
            "headers": {"Host": HOST},
            "verify": str(self.folder / "cert.pem"),
            "allow_redirects": False,
            "timeout": 10,
        }
        return requests.request(**{"method": "GET", "url": f"{scheme}://127.0.0.1:{port}{path}"} | own | options)


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Flask:
    """The program, set up as docs/deployment.md says, with a page that tells whom it sees."""
    given = {"VYEZD_DATA": str(tmp_path), "VYEZD_HTTPS": "1", "VYEZD_PROXIES": "1", "VYEZD_HOSTS": HOST}
    chosen = settings.read(given | {"VYEZD_DATABASE_URL": sqlite_url})
    keys.make(chosen)
    app = create_app(chosen)
    with app.app_context():
        database.prepare()
    app.add_url_rule("/api/v1/whom", view_func=lambda: f"{request.scheme} {request.remote_addr}")
    return app


@pytest.fixture
def proxy(app: Flask, tmp_path: Path) -> Iterator[Proxy]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        pytest.skip("no nginx on this machine (Debian: apt install nginx-light): its sample was not tried")
    folder = tmp_path / "nginx"
    folder.mkdir()
    make_certificate(folder)
    with served(app) as upstream:
        proxy = Proxy(free_port(), free_port(), folder)
        (folder / "main.conf").write_text(MAIN.format(folder=folder, user=getpass.getuser()))
        (folder / "vyezd.conf").write_text(adapted(proxy, upstream))
        process = subprocess.Popen([program, "-c", folder / "main.conf"], stderr=subprocess.DEVNULL)
        try:
            wait_for(proxy.https)
            yield proxy
        finally:
            process.terminate()
            process.wait(10)


def adapted(proxy: Proxy, upstream: str) -> str:
    """The sample with this test's ports, certificate and log."""
    changes = {
        "listen 80;": f"listen 127.0.0.1:{proxy.http};",
        "listen 443 ssl": f"listen 127.0.0.1:{proxy.https} ssl",
        "http://127.0.0.1:8000": upstream,
        "/etc/ssl/vyezd/fullchain.pem": f"{proxy.folder}/cert.pem",
        "/etc/ssl/vyezd/privkey.pem": f"{proxy.folder}/key.pem",
        "/var/log/nginx/vyezd.log": f"{proxy.folder}/access.log",
    }
    text = (ROOT / "docs" / "nginx.conf").read_text()
    for written, ours in changes.items():
        assert written in text, f"the sample no longer says {written}"
        text = text.replace(written, ours)
    return text


def test_people_come_by_tls_and_the_program_sees_who_they_are(proxy: Proxy) -> None:
    answer = proxy.get("/sign-in?secret=words")
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert all("Secure" in cookie for cookie in answer.headers["Set-Cookie"].split("session=")[1:])
    assert "nginx/" not in answer.headers["Server"]
    claimed = {"Host": HOST, "X-Forwarded-For": "8.8.8.8", "X-Forwarded-Proto": "http"}
    assert proxy.get("/api/v1/whom", headers=claimed).text == "https 127.0.0.1"
    assert "words" not in (proxy.folder / "access.log").read_text()


def test_plain_http_leads_to_tls_and_a_strange_host_name_leads_nowhere(proxy: Proxy) -> None:
    plain = proxy.get("/families", proxy.http)
    assert (plain.status_code, plain.headers["Location"]) == (301, f"https://{HOST}/families")
    assert proxy.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_a_batch_as_large_as_allowed_passes_and_a_larger_one_does_not(proxy: Proxy) -> None:
    def push(size: int) -> int:
        return proxy.get("/api/v1/sync", method="POST", data=b" " * size).status_code

    assert push(4 * 1024 * 1024) == 401, "the program has read it and asks who that is"
    assert push(6 * 1024 * 1024) == 413


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    (folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(pem)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "nginx did not start"
            time.sleep(0.05)
