"""Quarantine, end to end: an op that was refused for what it is comes home by a mend, a release or a rejection,
once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from server import clock, database, decisions, devices, history, inbox, intake, settle
from server.commands import main
from server.db import reading
from server.models import Attention, Op
from server.reading import timeline
from server.reading.words import Words
from tests.support.world import Tablet, World, make_app

BY = "Смирнова Ольга Игоревна"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> World:
    return World(make_app(database_url, tmp_path))


@pytest.fixture
def tablet(world: World) -> Tablet:
    tablet = world.tablet()
    tablet.pull()
    return tablet


def person(tablet: Tablet, **values: Any) -> dict[str, Any]:
    good = {"surname": "Белова", "given": "Алёна", "sex": "female", "birth_date": "2014-05-03"}
    return tablet.op("person", feed=tablet.world.here, set=good | values)


def terminal(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What `vyezd` says to these words, on the world's database."""
    chosen = world.app.config["VYEZD"]
    monkeypatch.setenv("VYEZD_DATA", str(chosen.data))
    monkeypatch.setenv("VYEZD_DATABASE_URL", chosen.database_url)
    monkeypatch.delenv("VYEZD_LANG", raising=False)

    def command(*words: str) -> str:
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        return result.stdout

    return command


def test_the_author_mends_her_own_op_and_it_stands_where_the_first_one_stood(world: World, tablet: Tablet) -> None:
    wrong = person(tablet, snils="112-233-445 96")
    (refused,) = tablet.sync(wrong)["results"]
    assert refused["errors"] == {"snils": ["Контрольное число СНИЛС не сходится."]}

    mended = wrong | {"op": person(tablet)["op"], "seq": tablet.seq, "mends": wrong["op"]}
    mended["set"] = wrong["set"] | {"snils": "112-233-445 95"}
    said = tablet.sync(mended)
    assert said["results"][0]["outcome"] == "applied"
    assert {"settled": wrong["op"], "outcome": "applied"} in tablet.sync()["settled"]
    assert world.record(wrong["id"]).fields["snils"] == "11223344595"
    with world.inside():
        (told,) = history.story(wrong["id"]).fields["snils"]
    assert (told.op, told.at) == (mended["op"], wrong["at"])


def test_of_two_mends_the_first_wins_and_the_second_gets_its_result(world: World, tablet: Tablet) -> None:
    wrong = person(tablet, snils="112-233-445 96")
    tablet.sync(wrong)

    def mend(**values: Any) -> dict[str, Any]:
        fresh = person(tablet)
        return wrong | {"op": fresh["op"], "seq": fresh["seq"], "mends": wrong["op"], "set": wrong["set"] | values}

    first, second = mend(snils="112-233-445 95"), mend(snils="087-654-303 00")
    (won,) = tablet.sync(first)["results"]
    (late,) = tablet.sync(second)["results"]
    assert (late["outcome"], late["rev"]) == (won["outcome"], won["rev"])
    assert world.record(wrong["id"]).fields["snils"] == "11223344595"
    assert tablet.sync(second)["results"] == [late]


def test_a_mend_of_what_is_stored_and_was_not_decided_yet_comes_second(world: World, tablet: Tablet) -> None:
    wrong = person(tablet, snils="112-233-445 96")
    with world.inside():
        inbox.store(devices.author_of(tablet.device), [json.dumps(wrong).encode()], clock.now(), None)
    mended = wrong | {"op": person(tablet)["op"], "seq": tablet.seq, "mends": wrong["op"]}
    mended["set"] = wrong["set"] | {"snils": "112-233-445 95"}
    assert tablet.sync(mended)["results"][0]["outcome"] == "applied"
    assert tablet.sync(wrong)["results"][0]["outcome"] == "quarantined"
    assert world.record(wrong["id"]).fields["snils"] == "11223344595"


def test_a_mend_that_is_wrong_too_settles_nothing(world: World, tablet: Tablet) -> None:
    wrong = person(tablet, snils="1")
    tablet.sync(wrong)
    again = wrong | {"op": person(tablet)["op"], "seq": tablet.seq, "mends": wrong["op"]}
    assert tablet.sync(again)["results"][0]["outcome"] == "quarantined"
    assert tablet.sync()["settled"] == []


def test_one_tablet_cannot_mend_for_another(world: World, tablet: Tablet) -> None:
    wrong = person(tablet, snils="1")
    tablet.sync(wrong)
    other = world.tablet(name="Планшет 2")
    forged = person(other) | {"mends": wrong["op"]}
    (result,) = other.sync(forged)["results"]
    assert (result["outcome"], list(result["errors"])) == ("quarantined", ["mends"])


def test_the_office_releases_what_a_new_worker_wrote_before_she_was_on_the_list(world: World, tablet: Tablet) -> None:
    op = tablet.family(address="ул. Мира, 2") | {"by": world.stranger}
    assert tablet.sync(op)["results"][0]["outcome"] == "quarantined"
    with world.inside():
        done = settle.release(op["op"], BY)
        again = settle.reject(op["op"], "поздно", BY)
    assert (done.outcome, done.late) == ("applied", False)
    assert (again.outcome, again.late) == ("applied", True)
    assert world.record(op["id"]).fields["address"] == "ул. Мира, 2"
    assert tablet.sync()["settled"] == [{"settled": op["op"], "outcome": "applied"}]


def dies(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_release_stands_though_the_server_died_before_the_op_was_merged(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    op = tablet.family(address="ул. Мира, 2") | {"by": world.stranger}
    tablet.sync(op)
    with world.inside():
        with monkeypatch.context() as patch:
            patch.setattr(intake, "process", dies)
            with pytest.raises(KeyboardInterrupt):
                settle.release(op["op"], BY)
        assert database.prepare().replayed == 1
    assert world.record(op["id"]).fields["address"] == "ул. Мира, 2"
    assert tablet.sync()["settled"] == [{"settled": op["op"], "outcome": "applied"}]


def test_a_rejection_is_told_or_was_not_taken_whenever_the_server_dies(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    op = tablet.family() | {"by": world.stranger}
    tablet.sync(op)
    with world.inside():
        with monkeypatch.context() as patch:
            patch.setattr(decisions, "tell", dies)
            with pytest.raises(KeyboardInterrupt):
                settle.reject(op["op"], "Не тот человек", BY)
        assert not settle.reject(op["op"], "Не тот человек", BY).late
    assert tablet.sync()["settled"] == [{"settled": op["op"], "outcome": "rejected"}]


def test_a_release_of_what_is_wrong_by_itself_leaves_it_in_quarantine(world: World, tablet: Tablet) -> None:
    wrong = person(tablet, snils="1")
    tablet.sync(wrong)
    with world.inside():
        assert settle.release(wrong["op"], BY).outcome == "quarantined"
        assert settle.reject(wrong["op"], "Перепишите по документу", BY).outcome == "rejected"
        with pytest.raises(settle.UnknownOp):
            settle.release("00000000-0000-7000-8000-000000000000", BY)
    said = tablet.sync()
    assert said["settled"] == [{"settled": wrong["op"], "outcome": "rejected"}]
    assert [notice["text"] for notice in said["notices"]] == ["Перепишите по документу"]
    assert world.record(wrong["id"]) is None
    assert tablet.sync(wrong)["results"][0]["outcome"] == "quarantined"


def test_the_office_releases_what_reached_outside_the_scope(world: World, tablet: Tablet) -> None:
    family = tablet.family()
    tablet.sync(family)
    tablet.pull()
    move = tablet.op("family", family["id"], set={"territory": world.elsewhere})
    assert tablet.sync(move)["results"][0]["outcome"] == "stored"
    with world.inside():
        assert settle.release(move["op"], BY).outcome == "applied"
    tablet.pull()
    assert family["id"] in tablet.gone


def test_a_tablets_word_on_what_only_the_office_writes_is_a_proposal(world: World, tablet: Tablet) -> None:
    family = tablet.family()
    tablet.sync(family)
    tablet.pull()
    proposals = [tablet.op("family", family["id"], set={"number": number}) for number in ("15/2014", "16/2014")]
    assert [result["outcome"] for result in tablet.sync(*proposals)["results"]] == ["stored", "stored"]
    assert "number" not in world.record(family["id"]).fields

    def waiting() -> list[str]:
        with world.inside(), reading() as connection:
            query = select(Attention.key).where(Attention.kind == "proposal", Attention.state == "open")
            return sorted(connection.scalars(query.where(Attention.district == world.district)))

    first, second = (op["op"] for op in proposals)
    assert waiting() == sorted([f"proposal:{first}", f"proposal:{second}"])
    with world.inside():
        assert settle.release(first, BY).outcome == "applied"
        assert settle.reject(second, "Номер занят", BY).outcome == "rejected"
    assert waiting() == []
    assert world.record(family["id"]).fields["number"] == "15/2014"


def test_an_original_and_its_mends_in_one_batch_settle_in_order(world: World, tablet: Tablet) -> None:
    wrong = person(tablet, snils="112-233-445 96")
    mends = [
        wrong | {"op": fresh["op"], "seq": fresh["seq"], "mends": wrong["op"], "set": wrong["set"] | {"snils": snils}}
        for fresh, snils in ((person(tablet), "112-233-445 95"), (person(tablet), "087-654-303 00"))
    ]
    results = tablet.sync(*mends, wrong)["results"]
    assert [result["outcome"] for result in results] == ["applied", "applied", "quarantined"]
    assert world.record(wrong["id"]).fields["snils"] == "11223344595"
    assert tablet.sync()["settled"] == [{"settled": wrong["op"], "outcome": "applied"}]


def test_a_mend_that_is_wrong_too_leaves_the_queue_with_its_original(world: World, tablet: Tablet) -> None:
    wrong = person(tablet, snils="1")
    tablet.sync(wrong)
    again = wrong | {"op": person(tablet)["op"], "seq": tablet.seq, "mends": wrong["op"]}
    tablet.sync(again)
    with world.inside():
        assert settle.reject(wrong["op"], "Перепишите по документу", BY).outcome == "rejected"
        assert settle.release(again["op"], BY) == settle.Settled(again["op"], "rejected", late=True)
        with reading() as connection:
            assert connection.scalar(select(func.count()).where(Op.state == "quarantined")) == 0
    assert {each["settled"] for each in tablet.sync()["settled"]} == {wrong["op"], again["op"]}
    assert tablet.sync(again)["results"][0]["outcome"] == "rejected"


def test_what_came_second_under_one_id_is_named_by_its_number_and_rejected(
    world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = tablet.family(address="ул. Мира, 2")
    reused = tablet.family(address="ул. Мира, 3") | {"op": family["op"]}
    outcomes = [tablet.sync(op)["results"][0]["outcome"] for op in (family, reused)]
    assert outcomes == ["applied", "quarantined"]
    command = terminal(world, monkeypatch)

    (waits,) = json.loads(command("quarantine", "list", "--json"))
    number = str(waits["n"])
    assert "ул. Мира, 3" in command("quarantine", "show", number)
    assert "решено раньше" in command("quarantine", "release", family["op"])
    assert "требует исправления" in command("quarantine", "release", number)
    assert "отклонена" in command("quarantine", "reject", number, "--remark", "Копия планшета", "--by", BY)
    assert json.loads(command("quarantine", "list", "--json")) == []
    assert world.record(family["id"]).fields["address"] == "ул. Мира, 2"
    assert tablet.sync(family)["results"][0]["outcome"] == "applied"


def test_who_decided_is_told_with_the_record(world: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    op = tablet.family(address="ул. Мира, 2") | {"by": world.stranger}
    move = tablet.op("family", op["id"], set={"address": "ул. Мира, 3"}, by=world.stranger)
    edit = tablet.op("family", op["id"], set={"household": "Печь"}, by=world.stranger)
    tablet.sync(op, move, edit)
    command = terminal(world, monkeypatch)
    command("quarantine", "release", op["op"])
    command("quarantine", "release", move["op"], "--by", BY)
    command("quarantine", "reject", edit["op"], "--remark", "Не ваша семья", "--by", BY)

    story = command("explain", op["id"])
    assert "решение: командная строка" in story
    assert f"решение: {BY}" in story
    assert f"{BY}: Не ваша семья" in story
    with world.inside():
        acts = {
            act.op: act.decided_by for act in timeline.timeline(op["id"], Words("ru", ZoneInfo("Europe/Astrakhan")))[0]
        }
    assert acts == {op["op"]: "командная строка", move["op"]: BY}
