"""`vyezd explain`: the story of a record, field by field: every value, who wrote it, when, on which tablet,
and the rule that decided what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click
from flask import current_app

from schemas import registry
from schemas.fields import Field, ListOf
from schemas.kinds import FEED, LIFE
from server import audit, history, register, shields
from server.commands.opening import on_database
from server.commands.printing import as_json, print_json
from server.commands.speech import Command, Refusal, language, option, say
from server.db import reading
from server.history import Story, Told
from server.reading.names import ids_in, named, named_ids
from server.reading.reach import Reach
from server.reading.words import Words

MARKS = {
    "shown": "→",
    "candidate": "?",
    "concurrent": "=",
    "replaced": "·",
    "removed": "×",
    "entry": "+",
    "voided": "⊘",
}
RULES = {
    "alone": ("единственное в силе", "the only one that stands"),
    "seen": ("заменено тем, кто его видел", "replaced by someone who had seen it"),
    "disputed": (
        "написаны одновременно и различаются: показано более позднее, решает человек",
        "written at the same time and they differ: the later one is shown, a person decides",
    ),
    "concurrent": (
        "написаны одновременно, показано более позднее",
        "written at the same time: the later one is shown",
    ),
    "added": ("добавлено", "added"),
    "again": ("добавлено ещё раз тем, кто это видел", "added again by someone who had seen it"),
    "removal": ("убрано из списка", "taken out of the list"),
    "reached": ("крайнее из всех значений", "the outermost of all values"),
    "passed": ("есть более крайнее значение", "another value lies further out"),
    "kept": ("остаётся всегда", "stays for ever"),
    "voided": ("отменено офисом", "voided by the office"),
}
FIRST = ("записано разное, показано первое: решает человек", "values differ, the first is shown: a person decides")
REMOVED = ("убрано тем, кто его видел", "taken out by someone who had seen it")


@click.command(
    cls=Command,
    help=(
        """Рассказать историю записи: кто, когда, с какого планшета, и какое правило решило.

        ID это номер записи (его показывают карточка семьи и vyezd export). Значки: → показано, ? спорит с
        показанным, = написано одновременно, · заменено, × убрано, + строка журнала, ⊘ отменено
        офисом. В ответе есть персональные данные. О защищённой семье рассказ даётся только с --reason и
        попадает в аудит.""",
        """Tell the story of a record: who, when, on which tablet, and which rule decided.

        ID is the record's (the family card and vyezd export show it). Marks: → shown, ? disputes the one
        shown, = written at the same time, · replaced, × taken out, + entry of a log, ⊘ voided by the
        office. The answer holds personal data. Of a shielded family it is told with --reason alone, and
        the audit has it.""",
    ),
)
@click.argument("id")
@option("--reason", help=("Зачем: для защищённой семьи.", "What for: of a shielded family."))
@as_json
@on_database
def explain(id: str, reason: str | None, as_json: bool) -> None:
    named = _named(id.lower(), reason)
    try:
        story = history.story(id.lower())
    except history.UnknownRecord as error:
        raise Refusal(f"записи {id} нет", f"there is no record {id}") from error
    if as_json:
        return print_json(asdict(story))
    click.echo("\n".join(_lines(story, _words(story, named))))


def _named(id: str, reason: str | None) -> frozenset[str]:
    """The feeds of what sits apart, for who gives a reason. Raises Refusal without one where it is needed."""
    with reading() as connection:
        hidden = shields.hidden_from(frozenset(), [id], connection)
        feeds = shields.all_feeds(connection)
    if not hidden:
        return frozenset()
    if not reason:
        raise Refusal(
            "запись относится к защищённой семье: скажите зачем, --reason",
            "the record belongs to a shielded family: say what for, --reason",
        )
    audit.record("explain", who=audit.OPERATOR, subject=id, family=id, reason=reason)
    return feeds


def _words(story: Story, named_for: frozenset[str]) -> Words:
    """Words that know the names of all that the story's values refer to."""
    words = Words(language(), current_app.config["VYEZD"].timezone, reach=Reach(named=named_for))
    values = [(name, told.value) for name, tellings in story.fields.items() for told in tellings]
    ids = {id for name, value in values if (declared := _declared(story.type, name)) for id in ids_in(declared, value)}
    with reading() as connection:
        words = named(words, register.fetch([story.record], connection).values(), connection)
        return named_ids(words, ids, connection)


def _declared(type_name: str, name: str) -> Field | None:
    """The field of one value: of a list, of its elements."""
    declared = registry.types()[type_name].fields.get(name)
    return declared.inner if isinstance(declared, ListOf) else declared


def _lines(story: Story, words: Words) -> Iterator[str]:
    name = words.names.get(story.record)
    yield f"{words.title(story.type)}: {name.text if name else '—'}"
    yield f"{say('Номер записи', 'Record id')}: {story.record}"
    if story.kept:
        kept = story.kept
        yield say(f"Принято, но не применено операций: {kept}", f"Ops stored and not applied: {kept}")
    for verdict in story.rejected:
        when = f"{words.moment(verdict.at)}, {verdict.by}: {verdict.remark}"
        yield say(f"  отклонено {when}", f"  rejected {when}")
    for field, tellings in story.fields.items():
        if field != FEED and (field != LIFE or any(told.value for told in tellings)):
            yield from _field(story, field, tellings, words)


def _field(story: Story, field: str, tellings: list[Told], words: Words) -> Iterator[str]:
    disputed = any(told.fate == "candidate" for told in tellings)
    yield ""
    yield words.label(story.type, field) + (say(": РАСХОЖДЕНИЕ", ": DISPUTED") if disputed else "")
    agreed = story.agreed.get(field)
    if disputed and agreed is not None:
        yield f"  {say('последнее согласованное', 'last agreed')}: {_value(story.type, field, agreed, words)}"
    for told in reversed(tellings):
        yield f"  {MARKS[told.fate]} {_value(story.type, field, told.value, words)}"
        yield f"      {_writer(told, words)}"
        yield f"      {_rule(told)}"


def _value(type_name: str, field: str, value: Any, words: Words) -> str:
    declared = _declared(type_name, field)
    said = words.value(type_name, field, value) if declared is None else words.say(declared, value)
    return said or say("(пусто)", "(empty)")


def _writer(told: Told, words: Words) -> str:
    who = told.writer
    where = {
        "tablet": say(f"планшет «{who.device}»", f"tablet “{who.device}”"),
        "office": say("офис", "office"),
        "import": say("загрузка", "import"),
    }[who.kind]
    parts = [words.stamp(told.at), who.name, who.team, where, words.phone(who.phone)]
    received = words.moment(told.received_at)
    decided = say(f"; решение: {told.decided_by}", f"; decided by {told.decided_by}") if told.decided_by else ""
    return ", ".join(filter(None, parts)) + say(f"; принято {received}", f"; received {received}") + decided


def _rule(told: Told) -> str:
    kind, _, verdict = told.rule.partition(".")
    if told.fate == "removed" and verdict == "seen":
        pair = REMOVED
    else:
        pair = FIRST if (kind, verdict) == ("once", "disputed") else RULES[verdict]
    return f"{say(*pair)} ({told.rule})"
