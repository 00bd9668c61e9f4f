"""What a browser is told with every answer: no script, style or frame but our own, no guessing, nothing kept.

No page holds a script or a style of its own, so the policy allows none (checked in a real browser: tests/browser).
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request

FOR_EVER = "public, max-age=31536000, immutable"  # a file's address changes when the file does (show.asset)
YEAR_SECONDS = 31_536_000
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{what} {whence}" for what, whence in POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

SANDBOX = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
"""Of what somebody uploaded: whatever a browser takes it for, it runs nothing and reaches nothing of ours. (The style
is the browser's own, by which it shows a picture.)"""


def init_headers(app: Flask) -> None:
    """Adds them to every answer, of pages and API alike."""
    app.after_request(_add)


def _add(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if current_app.config["VYEZD"].https:
        answer.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
    if request.blueprint != "tablet_app":  # whose files lie on the tablet for good
        answer.headers["Cache-Control"] = _keeping(answer)
    return answer


def _keeping(answer: Response) -> str:
    """How long a browser may keep what it got: pages and data not at all, for the machine may be shared."""
    if request.endpoint == "static":
        return FOR_EVER if "v" in request.args else "no-cache"
    return "private, no-cache" if "ETag" in answer.headers else "no-store"
