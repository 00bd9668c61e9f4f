"""The application: settings, database, API and office put together. Touches no database until the first request."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from schemas import registry
from schemas.wire import MAX_BODY
from server import audit, database, keys, logs, metrics, settings
from server.api import http_error, init_api, is_api, too_many_tries, unexpected
from server.db import db, options, watch
from server.headers import init_headers
from server.settings import Settings
from server.throttle import TooMany
from server.web import init_web, page_error, page_failure, too_many


def create_app(chosen: Settings | None = None) -> Flask:
    """An app on these settings, or on the environment's. Raises keys.NoKeys before `vyezd init`, keys.EmptyKey."""
    chosen = chosen or settings.read()
    logs.configure()
    registry.types()
    app = Flask(__name__, static_folder="web/static", static_url_path="/static", template_folder="web/templates")
    app.logger.addFilter(logs.WithoutWords())
    app.config["VYEZD"] = chosen
    app.extensions["vyezd.keys"] = own = keys.load(chosen)
    app.config.update(
        SECRET_KEY=own.mac("session", b"").hex(),
        MAX_CONTENT_LENGTH=MAX_BODY,
        TRUSTED_HOSTS=list(chosen.hosts) or None,
        SQLALCHEMY_DATABASE_URI=chosen.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=options(chosen.database_url),
    )
    if chosen.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=chosen.proxies, x_proto=chosen.proxies)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        watch(db.engine)
    database.init_app(app)
    audit.init_audit(app)
    init_headers(app)
    init_api(app)
    init_web(app)
    _handle_errors(app)
    _count_requests(app)
    return app


def _handle_errors(app: Flask) -> None:
    """One place that tells the API's errors (problem+json) from the office's (pages)."""
    app.register_error_handler(HTTPException, lambda error: http_error(error) if is_api() else page_error(error))
    app.register_error_handler(TooMany, lambda error: too_many_tries(error) if is_api() else too_many(error))
    app.register_error_handler(SecurityError, lambda _: Response("unknown host name\n", 400, content_type="text/plain"))
    app.register_error_handler(Exception, lambda error: unexpected(error) if is_api() else page_failure(error))


def _count_requests(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        spent = time.perf_counter() - g.get("began", time.perf_counter())
        metrics.REQUESTS.labels(endpoint=request.endpoint or "none", status=answer.status_code).observe(spent)
        return answer
