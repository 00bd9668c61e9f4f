"""`vyezd device`: enrolment codes, the list of tablets, revocation."""

from __future__ import annotations

from typing import Any

import click
import segno

from server import devices, reference
from server.commands.opening import on_database
from server.commands.printing import as_json, local, only, print_json, print_table
from server.commands.speech import Group, Refusal, option, say, tell
from server.commands.teams import team_of


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
        ("Состояние", "State"),
    )
    rows = (
        (
            each["id"],
            each["name"],
            each["team"],
            local(each["enrolled_at"]),
            local(each["last_contact"]),
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
        ID берётся из vyezd device list; хватит начала или конца, если он один такой.""",
        """Revoke a tablet: at once and for good.

        It reads nothing more, but may still hand over what it holds: that waits for an admin's decision.
        ID comes from vyezd device list; its beginning or end will do when only one fits.""",
    ),
)
@click.argument("id")
@on_database
def revoke(id: str) -> None:
    row = _tablet(id)
    devices.revoke(row["id"])
    tell(f"Планшет «{row['name']}» отозван.", f"The tablet “{row['name']}” is revoked.")


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
        "forked",
        "skew_ms",
        "status",
    )
    return only(row, *kept) | {"team": team.get("code")}


def _state(each: dict[str, Any]) -> str:
    if each["revoked_at"]:
        return say("отозван", "revoked")
    return say("раздвоился", "forked") if each["forked"] else say("в работе", "in use")
