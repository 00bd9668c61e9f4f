"""`vyezd quarantine`: the ops that were kept whole and not applied, for what they were by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click
import orjson
from sqlalchemy import Select, select

from schemas import messages
from server import audit, settle
from server.commands.opening import on_database
from server.commands.printing import as_json, local, print_json, print_table
from server.commands.speech import Group, Refusal, language, option, say, tell
from server.db import reading
from server.models import Device, Op
from server.reading.kept import LONG
from server.reading.reach import EVERYBODY
from server.settle import Handle, Settled

by_whom = option(
    "--by",
    help=(
        "Имя решающего: остаётся при операции (иначе «командная строка»).",
        "The name of who decides: it stays with the op (else “command line”).",
    ),
)


@click.group(
    cls=Group,
    help=(
        "Требует исправления: принятое целиком, но не применённое.",
        "Quarantine: what was kept whole and not applied.",
    ),
)
def quarantine() -> None:
    pass


@quarantine.command(
    "list",
    help=(
        """Показать операции, которые требуют исправления, и что в них не так.

        Их автор видит то же на планшете и может исправить; release и reject решают здесь.""",
        """Show the ops that want mending, and what is wrong with them.

        Their author sees the same on the tablet and may mend them; release and reject decide here.""",
    ),
)
@as_json
@on_database
def list_quarantined(as_json: bool) -> None:
    with reading() as connection:
        found = [_described(row) for row in connection.execute(_query().order_by(Op.n))]
    if as_json:
        return print_json(found)
    columns = (
        ("№", "No"),
        ("Операция", "Op"),
        ("Вид", "Type"),
        ("Планшет", "Tablet"),
        ("Принято", "Received"),
        ("Что не так", "Wrong"),
    )
    rows = (
        (each["n"], each["op"], each["type"], each["device"], local(each["received_at"]), _said(each["errors"]))
        for each in found
    )
    print_table([say(*column) for column in columns], rows)


@quarantine.command(
    "show",
    help=(
        """Показать одну операцию целиком, как она пришла.

        OP это номер операции или её № из vyezd quarantine list. В ответе могут быть персональные данные.
        Названное в защищённой семье видно только с --reason, и это попадает в аудит.""",
        """Show one op whole, as it came.

        OP is the op's id or its No from vyezd quarantine list. The answer may hold personal data.
        What names a shielded family is shown with --reason alone, and the audit has it.""",
    ),
)
@click.argument("op")
@option("--reason", help=("Зачем: если названа защищённая семья.", "What for: where a shielded family is named."))
@as_json
@on_database
def show(op: str, reason: str | None, as_json: bool) -> None:
    if reason:
        audit.record("quarantine.show", who=audit.OPERATOR, subject=op, reason=reason)
    with reading() as connection:
        handle = _handle(op)
        is_it = Op.n == handle if isinstance(handle, int) else Op.op == handle
        row = connection.execute(_query(apart=bool(reason)).where(is_it).order_by(Op.n)).first()
    if row is None:
        raise Refusal(
            f"операции {op} нет среди требующих исправления",
            f"there is no op {op} among those that want mending",
        )
    found = _described(row) | {"body": _body(row.body)}
    if as_json:
        return print_json(found)
    click.echo(f"{found['op']}, {found['device']}, {local(found['received_at'])}")
    for field, codes in found["errors"].items():
        click.echo(f"  {field}: {_said({'': codes})}")
    print_json(found["body"])


@quarantine.command(
    "release",
    help=(
        """Применить операцию как есть, под ответственность офиса.

        Для операции, которая верна сама по себе: записана специалистом до приёма в бригаду или о записи вне
        территории. Неверное значение так не исправить. OP это номер операции или её № из vyezd quarantine list.""",
        """Merge an op as it stands, the office answering for it.

        For an op that is right by itself: written by a worker before joining the team, or about a record outside
        the territory. A wrong value is not mended by this. OP is the op's id or its No from vyezd quarantine
        list.""",
    ),
)
@click.argument("op")
@by_whom
@as_json
@on_database
def release(op: str, by: str | None, as_json: bool) -> None:
    _settled(op, lambda op: settle.release(op, by or _nobody()), as_json)


@quarantine.command(
    "reject",
    help=(
        """Отклонить операцию: она останется в истории, но не в реестре.

        Замечание уйдёт на планшет её автора. OP это номер операции или её № из vyezd quarantine list. Если под
        одним номером пришли две разные операции, вторую называет только её №.""",
        """Reject an op: it stays in the history and out of the register.

        The remark goes to its author's tablet. OP is the op's id or its No from vyezd quarantine list. Where two
        different ops came under one id, the second is named by its No alone.""",
    ),
)
@click.argument("op")
@option("--remark", required=True, help=("Что сказать автору.", "What to tell the author."))
@by_whom
@as_json
@on_database
def reject(op: str, remark: str, by: str | None, as_json: bool) -> None:
    _settled(op, lambda op: settle.reject(op, remark, by or _nobody()), as_json)


def _nobody() -> str:
    return say("командная строка", "command line")


def _handle(op: str) -> Handle:
    """An op's id, or the number of its row."""
    return int(op) if op.isdecimal() and len(op) < LONG else op.lower()


def _settled(op: str, decide: Callable[[Handle], Settled], as_json: bool) -> None:
    """Takes a decision and says what became of the op, whoever had decided before."""
    try:
        done = decide(_handle(op))
    except settle.UnknownOp as error:
        raise Refusal(f"операции {op} нет", f"there is no op {op}") from error
    if as_json:
        return print_json(asdict(done))
    words = {
        "applied": ("применена", "applied"),
        "conflict": ("применена, открыто расхождение", "applied, a conflict is open"),
        "rejected": ("отклонена", "rejected"),
        "quarantined": ("по-прежнему требует исправления", "still wants mending"),
    }
    russian, english = words.get(done.outcome, (done.outcome, done.outcome))
    earlier = (" (решено раньше)", " (decided before)") if done.late else ("", "")
    tell(f"Операция {done.op} {russian}{earlier[0]}.", f"Op {done.op}: {english}{earlier[1]}.")
    if done.errors:
        click.echo(f"  {_said(done.errors)}")


def _query(apart: bool = False) -> Select[Any]:
    """``apart``: also those that name what sits apart (shields.py)."""
    columns: list[Any] = [
        Op.n,
        Op.op,
        Op.type,
        Op.record,
        Op.received_at,
        Op.result,
        Op.body,
        Device.name.label("device"),
    ]
    query = select(*columns).join(Device, Device.id == Op.device).where(Op.state == "quarantined")
    return query if apart else query.where(EVERYBODY.knows_all_named_by(Op.n))


def _described(row: Any) -> dict[str, Any]:
    errors = orjson.loads(row.result or "{}")
    return {name: row._mapping[name] for name in ("n", "op", "type", "record", "device", "received_at")} | {
        "errors": errors
    }


def _said(errors: dict[str, list[str]]) -> str:
    parts = [(field, messages.say(code, language())) for field, codes in errors.items() for code in codes]
    return "; ".join(f"{field}: {said}" if field else said for field, said in parts)


def _body(raw: bytes | None) -> Any:
    """The op as JSON where it is any, else its text."""
    if raw is None:
        return None
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "backslashreplace")
