"""A tablet that cannot open its own store hands in what it holds sealed, and reads nothing."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pyrage

from schemas.ids import new_id
from server import tokens
from tests.support.world import Tablet, World


def sealed(tablet: Tablet, op: dict[str, Any]) -> dict[str, Any]:
    key = pyrage.x25519.Recipient.from_str(tablet.seal_key)
    return {"sealed": base64.b64encode(pyrage.encrypt(orjson.dumps(op), [key])).decode()}


def locked(world: World, tablet: Tablet) -> dict[str, str]:
    with world.inside():
        return {"Authorization": f"Bearer {tokens.to_push(tablet.device)}"}


def test_a_locked_tablet_hands_in_sealed_ops_and_learns_nothing_of_the_register(world: World, tablet: Tablet) -> None:
    tablet.sync(tablet.family(address="с Басы, ул. Мира, 1"))
    made = tablet.family(address="с Басы, ул. Мира, 2")
    body = {"batch": new_id(), "cursor": None, "ops": [sealed(tablet, made)]}
    answer = tablet.http.post("/api/v1/sync", json=body, headers=locked(world, tablet))
    said = answer.get_json()
    assert [result["outcome"] for result in said["results"]] == ["applied"]
    assert (said["changes"], said["scope"], said["notices"]) == ([], [], [])
    assert "cursor" not in said
    assert world.record(made["id"]).fields["address"] == "с Басы, ул. Мира, 2"
    assert [result["outcome"] for result in tablet.sync(made)["results"]] == ["applied"], "unlocked, it hears the same"


def test_a_push_token_opens_nothing_else(world: World, tablet: Tablet) -> None:
    headers = locked(world, tablet)
    for path in ("/api/v1/schemas", "/api/v1/changes"):
        assert tablet.http.get(path, headers=headers).status_code == 401
    forged = {"Authorization": headers["Authorization"][:-1] + "x"}
    assert tablet.http.post("/api/v1/sync", json={"ops": []}, headers=forged).status_code == 401
