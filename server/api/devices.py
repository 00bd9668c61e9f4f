"""POST /devices/enroll: a one-time code becomes a tablet."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import orjson
from flask import Response, current_app, request
from flask_smorest import Blueprint

from server import audit, clock, devices, reference, throttle, tokens
from server import epoch as epochs
from server.api import body, docs
from server.db import reading
from server.devices import Enrolled
from server.problems import Problem
from server.throttle import Bucket

MOST_TRIES = 20  # wrong codes from one address within the window: teams may share an address

blueprint = Blueprint("devices", __name__, url_prefix="/api/v1", description="Enrolment of tablets")


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /devices/enroll."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    public_key: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    platform: Annotated[str, msgspec.Meta(max_length=120)] | None = None


@blueprint.post("/devices/enroll")
@blueprint.doc(**docs.ENROLL)
def enroll() -> Response:
    """Trade a one-time code for a device and its token."""
    asked = body.decode(body.read(), Request)
    if any("\0" in text or not text.isprintable() for text in (asked.name, asked.platform or "", asked.public_key)):
        raise Problem("unprocessable", errors={"body": ["control characters"]})
    tries = [Bucket(f"enrol:{request.remote_addr}", MOST_TRIES)]
    throttle.begin(tries)
    try:
        enrolled = devices.enroll(asked.code, asked.name, asked.platform, asked.public_key)
    except devices.BadCode as error:
        raise Problem("bad-code") from error
    throttle.forgive(tries)
    audit.record("enroll", who=enrolled.device, subject=enrolled.device)
    return Response(orjson.dumps(_answer(enrolled)), content_type="application/json")


def _answer(enrolled: Enrolled) -> dict[str, Any]:
    keys = current_app.extensions["vyezd.keys"]
    with reading() as connection:
        epoch = epochs.of(connection)
    return {
        "device": enrolled.device,
        "token": enrolled.token,
        "push_token": tokens.to_push(enrolled.device),
        "epoch": epoch,
        "server_time": clock.iso(clock.now()),
        "server_keys": {"seal": keys.seal_public, "sign": keys.sign_public},
        "team": _team(enrolled.team),
        "lease_until": clock.iso(enrolled.lease_until),
    }


def _team(id: str) -> dict[str, Any]:
    known = reference.current()
    team = known.teams.get(id, {})
    places = [(place, known.territories.get(place, {})) for place in team.get("territories") or []]
    workers = [(worker, known.workers[worker]) for worker in known.workers_of(id)]
    return {
        "id": id,
        "code": team.get("code"),
        "name": team.get("name"),
        "territories": [
            {"id": place, "oktmo": fields.get("oktmo"), "name": fields.get("name")} for place, fields in places
        ],
        "workers": [{"id": worker, "name": fields.get("name")} for worker, fields in workers],
    }
