"""A record goes into the database and comes back the same (the law's histories do so after every op)."""

from __future__ import annotations

import json

import sync
from tests.sync.desk import Server


def again(record: sync.Record | None) -> sync.Record:
    assert record
    return sync.from_state(*json.loads(json.dumps([record.fields, sync.to_state(record)])))


def test_a_fresh_record_has_one_version_and_no_cells() -> None:
    server = Server()
    words = {"set": {"title": "Ивановы", "address": "Мира, 2"}, "add": {"needs": ["food"], "notes": ["one"]}}
    server.tablet("anna").save(**words, inc={"attended": 3})
    assert server.record
    assert sync.to_state(server.record).keys() == {"v", "d"}
    assert again(server.record) == server.record


def test_every_kind_of_cell_comes_back() -> None:
    server = Server()
    anna, boris, office = server.tablet("anna"), server.tablet("boris"), server.office()
    for author in (anna, boris, office):
        author.save(
            set={"title": author.device, "family": author.device, "status": {"from": None, "to": "open"}},
            add={"needs": ["food", author.device], "notes": ["one", "two"]},
            remove={"phones": ["1"]},
            inc={"attended": 2**53},
            feed=author.device,
        )
        author.open()
    anna.save(delete=True)
    assert again(server.record) == server.record


def test_a_forked_devices_version_comes_back_as_one() -> None:
    server = Server()
    server.forked.add("anna")
    server.tablet("anna").save(set={"title": "Ивановы"})
    assert again(server.record).main.forked


def test_a_long_history_leaves_a_small_state() -> None:
    server = Server()
    anna, boris = server.tablet("anna"), server.tablet("boris")
    for turn in range(100):
        for author in (anna, boris):
            author.open().save(set={"title": f"title {turn}", "address": f"address {turn}"}, add={"needs": ["food"]})
    assert server.record
    assert len(json.dumps(sync.to_state(server.record))) < 1000
