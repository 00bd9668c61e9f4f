"""The OpenAPI description: what the code cannot say by itself (raw bodies, NDJSON, problems), and the page that shows
it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, render_template

from server.problems import KINDS

DESCRIPTION: dict[str, Any] = {
    "info": {
        "title": "Vyezd",
        "description": "The offline-first sync protocol between tablets and the register. See docs/protocol.md.",
    },
    "components": {
        "securitySchemes": {"tablet": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Id": {"type": "string", "format": "uuid"},
            "Stamp": {"type": "string", "pattern": "^[0-9a-f]{16}$", "description": "Hybrid logical clock"},
            "Op": {
                "type": "object",
                "required": ["op", "type", "id", "seq", "epoch", "base", "at", "schema"],
                "properties": {
                    "op": {"$ref": "#/components/schemas/Id"},
                    "type": {"type": "string"},
                    "id": {"$ref": "#/components/schemas/Id"},
                    "seq": {"type": "integer", "minimum": 1},
                    "epoch": {"type": "string", "pattern": "^[0-9a-f]{8}$"},
                    "base": {"type": "integer", "minimum": 0},
                    "at": {"$ref": "#/components/schemas/Stamp"},
                    "by": {"$ref": "#/components/schemas/Id"},
                    "schema": {"type": "integer", "minimum": 1},
                    "feed": {"type": "string"},
                    "set": {"type": "object"},
                    "add": {"type": "object", "additionalProperties": {"type": "array", "items": {}}},
                    "remove": {"type": "object", "additionalProperties": {"type": "array", "items": {}}},
                    "inc": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "delete": {"type": "boolean"},
                    "over": {"type": "array", "items": {"$ref": "#/components/schemas/Id"}},
                },
            },
            "Result": {
                "type": "object",
                "required": ["op", "outcome"],
                "properties": {
                    "op": {"type": ["string", "null"]},
                    "index": {"type": "integer"},
                    "outcome": {"enum": ["applied", "conflict", "stored", "quarantined"]},
                    "rev": {"type": "integer"},
                    "errors": {
                        "type": "object",
                        "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    },
                },
            },
            "Change": {
                "type": "object",
                "required": ["type", "id"],
                "properties": {
                    "type": {"type": "string"},
                    "id": {"$ref": "#/components/schemas/Id"},
                    "rev": {"type": "integer"},
                    "at": {"$ref": "#/components/schemas/Stamp"},
                    "feeds": {"type": "array", "items": {"type": "string"}},
                    "fields": {"type": "object"},
                    "disputed": {"type": "object"},
                    "incomplete": {"type": "array", "items": {"type": "string"}},
                    "gone": {"type": "boolean"},
                },
            },
            "Problem": {
                "type": "object",
                "required": ["type", "title", "status"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

TABLET: list[dict[str, list[str]]] = [{"tablet": []}]


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def answers(good: dict[int, dict[str, Any]], *problems: str) -> dict[str, Any]:
    """Answers by status: the good ones, and the named problems (several may share a status)."""
    answers: dict[str, Any] = {str(status): answer for status, answer in good.items()}
    schema = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for code in problems:
        kind = KINDS[code]
        earlier = answers.get(str(kind.status), {}).get("description")
        words = f"{earlier}; {kind.en[0]}" if earlier else kind.en[0]
        answers[str(kind.status)] = {"description": words, "content": schema}
    return answers


_MESSAGE = {"type": "object", "additionalProperties": False}
_PAGE = {
    "changes": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}},
    "cursor": {"type": "string"},
    "more": {"type": "boolean"},
    "left": {"type": "integer", "minimum": 0},
}

ENROLL: dict[str, Any] = {
    "requestBody": {
        "required": True,
        **_json(
            {
                "type": "object",
                "required": ["code", "name", "public_key"],
                "properties": {
                    "code": {"type": "string", "maxLength": 40},
                    "name": {"type": "string", "minLength": 1, "maxLength": 120},
                    "platform": {"type": ["string", "null"], "maxLength": 120},
                    "public_key": {"type": "string", "minLength": 1, "maxLength": 200},
                },
                "additionalProperties": False,
            }
        ),
    },
    "responses": answers(
        {200: {"description": "The device, its token and its team", **_json({"type": "object"})}},
        "not-json", "bad-encoding", "bad-request", "bad-code", "too-large", "unprocessable", "too-many",
    ),
}  # fmt: skip

SYNC: dict[str, Any] = {
    "security": TABLET,
    "requestBody": {
        "required": True,
        **_json(
            _MESSAGE
            | {
                "properties": {
                    "batch": {"type": ["string", "null"]},
                    "device_time": {"type": ["string", "null"]},
                    "cursor": {"type": ["string", "null"]},
                    "limit": {"type": "integer"},
                    "ops": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Op"}},
                    "digests": {"type": "object"},
                    "status": {"type": "object"},
                    "drained": {"type": "boolean"},
                }
            }
        ),
    },
    "responses": answers(
        {
            200: {
                "description": "Outcomes of the ops and the first page of changes",
                **_json(
                    {
                        "type": "object",
                        "required": ["server_time", "epoch", "lease_until", "scope", "results", "settled", "notices"],
                        "properties": {
                            "server_time": {"type": "string"},
                            "epoch": {"type": "string"},
                            "lease_until": {"type": "string"},
                            "scope": {"type": "array", "items": {"type": "string"}},
                            "results": {"type": "array", "items": {"$ref": "#/components/schemas/Result"}},
                            "settled": {"type": "array", "items": {"type": "object"}},
                            "notices": {"type": "array", "items": {"type": "object"}},
                            "reset": {"type": "boolean"},
                            "revoked": {"type": "boolean"},
                            "erase": {"type": "boolean"},
                            "drained": {"type": "boolean"},
                            "token": {"type": "string"},
                            "outdated": {"type": "boolean"},
                            "closed": {"type": "boolean"},
                            "reenrol": {"type": "boolean"},
                            "receipt": {"type": "string"},
                            **_PAGE,
                        },
                    }
                ),
            }
        },
        "not-json", "bad-encoding", "bad-cursor", "bad-request", "unauthorized", "too-large", "unprocessable",
        "busy", "closed",
    ),
}  # fmt: skip

CHANGES: dict[str, Any] = {
    "security": TABLET,
    "parameters": [{"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}}],
    "responses": answers(
        {
            200: {
                "description": "A change a line; a line with the cursor at least every 200 and at the end",
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
            }
        },
        "bad-cursor", "unauthorized", "revoked", "gone", "too-old", "closed",
    ),
}  # fmt: skip

SCHEMAS: dict[str, Any] = {
    "security": TABLET,
    "responses": answers(
        {
            200: {"description": "Types, fields, labels and code lists", **_json({"type": "object"})},
            304: {"description": "Not changed since the ETag that was sent"},
        },
        "unauthorized",
        "revoked",
    ),
}

blueprint = Blueprint("api_docs", __name__, url_prefix="/api/v1", template_folder="templates")


@blueprint.get("/docs")
def page() -> Response:
    """The description as a page for people."""
    return Response(render_template("openapi.html"))


def uuid_or_none(text: str | None) -> str | None:
    """A batch id is a hint: anything that is no UUID counts as absent."""
    try:
        return str(uuid.UUID(text)) if text else None
    except ValueError:
        return None
