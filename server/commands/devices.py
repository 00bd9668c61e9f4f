"""`vyezd device`: enrolment codes, the list of tablets, their tokens, revocation, what was on a lost one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
import segno
from flask import current_app

from server import clock, devices, incidents, reference, silence, tokens
from server.commands.opening import on_database
from server.commands.printing import as_json, local, only, print_json, print_table
from server.commands.speech import Group, Refusal, language, option, say, tell
from server.commands.teams import team_of
from server.reading import incident, tablets
from server.reading.reach import Reach
from server.reading.words import Words


@click.group(
    cls=Group,
    help=("Планшеты: код подключения, список, отзыв.", "Tablets: enrolment code, list, revocation."),
)
def device() -> None:
    pass


@device.command(
    "code",
    help=(
        """Выдать код, которым один планшет подключается к бригаде.

        Код действует один раз и недолго (VYEZD_CODE_HOURS). На планшете: vyezd-tablet enroll КОД --server
        АДРЕС или камерой по QR-коду.""",
        """Give out a code with which one tablet joins a team.

        It works once and not for long (VYEZD_CODE_HOURS). On the tablet: vyezd-tablet enroll CODE --server
        URL, or the QR code before its camera.""",
    ),
)
@option("--team", "team_code", required=True, metavar="CODE", help=("Код бригады.", "The team's code."))
@as_json
@on_database
def code(team_code: str, as_json: bool) -> None:
    one_time, expires = devices.new_code(team_of(team_code))
    if as_json:
        return print_json({"team": team_code, "code": one_time, "expires": expires})
    segno.make(one_time, micro=False).terminal(compact=True)
    tell(f"Код: {one_time}, действует до {local(expires)}", f"Code: {one_time}, good until {local(expires)}")


@device.command(
    "list", help=("Показать планшеты: чьи они и когда были на связи.", "Show tablets: whose, last contact.")
)
@as_json
@on_database
def list_devices(as_json: bool) -> None:
    found = [_described(row) for row in devices.tablets()]
    if as_json:
        return print_json(found)
    columns = (
        ("Номер", "Id"),
        ("Название", "Name"),
        ("Бригада", "Team"),
        ("Подключён", "Enrolled"),
        ("На связи", "Last contact"),
        ("Не сдано", "Not sent"),
        ("Читает до", "Opens until"),
        ("Программа", "App"),
        ("Состояние", "State"),
    )
    rows = (
        (
            each["id"],
            each["name"],
            each["team"],
            local(each["enrolled_at"]),
            local(each["last_contact"]),
            each["status"].get("outbox"),
            local(each["lease_until"]),
            each["status"].get("app"),
            _state(each),
        )
        for each in found
    )
    print_table([say(*column) for column in columns], rows)


@device.command(
    "revoke",
    help=(
        """Отозвать планшет: сразу и насовсем.

        Он больше ничего не прочтёт, но сдать записанное ещё сможет: такие записи ждут решения администратора.
        Затем планшет стирает всё с себя; с --erase он делает это сразу, и несданное пропадёт. ID берётся из
        vyezd device list; хватит начала или конца, если он один такой.""",
        """Revoke a tablet: at once and for good.

        It reads nothing more, but may still hand over what it holds: that waits for an admin's decision. Then it
        erases itself; with --erase it does so at once, and what was not sent is lost. ID comes from vyezd device
        list; its beginning or end will do when only one fits.""",
    ),
)
@click.argument("id")
@option("--reason", help=("Почему: остаётся в журнале доступа.", "Why: it is kept in the audit."))
@option("--erase", is_flag=True, help=("Стереть сразу, не ждать несданного.", "Erase at once, unsent work or not."))
@on_database
def revoke(id: str, reason: str | None, erase: bool) -> None:
    row = _tablet(id)
    devices.revoke(row["id"], reason=reason, erase=erase)
    tell(f"Планшет «{row['name']}» отозван.", f"The tablet “{row['name']}” is revoked.")
    unsent = row["status"].get("outbox")
    if unsent and erase:
        tell(f"Несданных записей пропадёт: {unsent}.", f"Unsent records that will be lost: {unsent}.")


@device.command(
    "rotate",
    help=(
        """Сменить ключ планшета при его следующей связи.

        Планшет работает как прежде, а старым ключом после этого ничего не открыть. Ключи меняются и сами, раз в
        VYEZD_TOKEN_DAYS дней.""",
        """Have a tablet's token changed at its next contact.

        The tablet goes on as before, and the old token then opens nothing. Tokens also change by themselves, every
        VYEZD_TOKEN_DAYS days.""",
    ),
)
@click.argument("id")
@on_database
def rotate(id: str) -> None:
    row = _tablet(id)
    if row["revoked_at"]:
        raise Refusal("планшет отозван", "the tablet is revoked")
    tokens.change(row["id"])
    tell(
        f"Ключ планшета «{row['name']}» сменится при следующей связи.",
        f"The token of “{row['name']}” changes at its next contact.",
    )


@device.command(
    "incident",
    help=(
        """Что было на утраченном планшете: число семей и людей, категории, проект уведомления.

        Имён здесь нет; список семей администратор видит на странице планшета.""",
        """What was on a lost tablet: how many families and people, the categories, the draft of the notice.

        There are no names here; an admin sees the families on the tablet's page.""",
    ),
)
@click.argument("id")
@as_json
@on_database
def show_incident(id: str, as_json: bool) -> None:
    zone, now = current_app.config["VYEZD"].timezone, clock.now()
    found = tablets.find(_tablet(id)["id"], Reach(), now)
    assert found is not None
    held, _ = incident.contents(found.id, Reach(), Words(language(), zone), datetime.now(zone).date())
    if as_json:
        counted = ("total", "people", "children", "disabled", "categories", "first_read", "last_read")
        families = [each.family.id for each in held.families]
        return print_json({name: getattr(held, name) for name in counted} | {"families": families})
    click.echo(incidents.notice(found, held, zone, now, None))


def _tablet(part: str) -> dict[str, Any]:
    fitting = [
        row for row in devices.tablets() if row["id"].startswith(part.lower()) or row["id"].endswith(part.lower())
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Refusal(f"под «{part}» подходит несколько планшетов", f"several tablets fit “{part}”")
    raise Refusal(
        f"планшета {part} нет. Какие есть: vyezd device list",
        f"there is no tablet {part}. Those there are: vyezd device list",
    )


def _described(row: dict[str, Any]) -> dict[str, Any]:
    team = reference.current().teams.get(row["team"], {})
    kept = (
        "id",
        "name",
        "platform",
        "enrolled_at",
        "last_contact",
        "lease_until",
        "revoked_at",
        "drained_at",
        "erase",
        "diverged_at",
        "forked",
        "skew_ms",
        "status",
    )
    return only(row, *kept) | {"team": team.get("code")}


def _state(each: dict[str, Any]) -> str:
    if each["drained_at"]:
        return say("отозван и стёрт", "revoked and erased")
    if each["revoked_at"]:
        return say("отозван", "revoked")
    if each["forked"]:
        return say("раздвоился", "forked")
    if each["diverged_at"]:
        return say("расходится", "differs")
    if each["skew_ms"]:
        return say(f"часы спешат на {each['skew_ms'] // 60_000} мин", f"clock {each['skew_ms'] // 60_000} min fast")
    silent = clock.now() - (each["last_contact"] or each["enrolled_at"]) > silence.after_ms()
    return say("давно не на связи", "silent") if silent else say("в работе", "in use")
