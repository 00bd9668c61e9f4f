"""What operators and their monitors ask: is the process alive, can it serve, what has it counted."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from server import epoch, inbox, metrics, projections
from server.db import reading

blueprint = Blueprint("operators", __name__, url_prefix="/api/v1")


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while the process lives."""
    return _answer(200, {"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when the database answers, has an epoch and projections made from our schemas; 503 and why otherwise."""
    try:
        with reading() as connection:
            epoch.of(connection)
            if not projections.are_current(connection):
                return _answer(503, {"status": "projections are out of date: run `vyezd upgrade`"})
            return _answer(200, {"status": "ok", "waiting": inbox.waiting(connection)})
    except (SQLAlchemyError, epoch.NoDatabase):
        return _answer(503, {"status": "no usable database"})


@blueprint.get("/metrics")
def exposition() -> Response:
    """Prometheus text format."""
    return Response(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _answer(status: int, content: dict[str, object]) -> Response:
    return Response(orjson.dumps(content), status, content_type="application/json")
