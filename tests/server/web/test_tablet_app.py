"""The tablet's app is served to anybody, and told to load nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.web import tablet_app
from tests.support.world import make_app


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of the app, in small."""
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Выезд</title>", encoding="utf-8")
    (folder / "assets" / "index-1.js").write_text("'use strict'")
    monkeypatch.setattr(tablet_app, "BUILT", folder)


@pytest.mark.usefixtures("built")
def test_the_app_comes_with_a_policy_that_lets_nothing_in_from_elsewhere(sqlite_url: str, tmp_path: Path) -> None:
    browser = make_app(sqlite_url, tmp_path).test_client()
    page = browser.get("/tablet", follow_redirects=True)
    assert "Выезд" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert page.headers["Cache-Control"] == "no-cache"
    script = browser.get("/tablet/assets/index-1.js")
    assert "immutable" in script.headers["Cache-Control"]
    assert browser.get("/tablet/../web/guard.py").status_code == 404
