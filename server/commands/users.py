"""`vyezd user`: accounts of the office. Nobody registers: an operator adds people and hands them a first
password."""

from __future__ import annotations

from typing import Any

import click

from server import people, reference
from server.commands.opening import on_database
from server.commands.printing import as_json, local, print_json, print_table
from server.commands.speech import Group, Refusal, option, say, tell
from server.commands.teams import territory_of
from server.people import ADMIN, OFFICER, Person


@click.group(cls=Group, help=("Учётные записи офиса: добавить, показать.", "Accounts of the office: add, show."))
def user() -> None:
    pass


@user.command(
    "add",
    help=(
        """Добавить человека офиса и один раз показать его первый пароль.

        EMAIL это почта или имя для входа. Роли: officer читает реестр и журнал, admin решает расхождения и
        ведёт планшеты. Без --territory человек видит всё. Пароль нигде не хранится в открытом виде.""",
        """Add a person of the office and show their first password once.

        EMAIL is an address or a login. Roles: an officer reads the register and the visit log, an admin
        decides disputes and looks after tablets. Without --territory a person sees everything. The password
        is kept nowhere in clear.""",
    ),
)
@click.argument("email")
@option("--name", required=True, help=("Фамилия, имя, отчество.", "Full name."))
@option(
    "--role",
    type=click.Choice([OFFICER, ADMIN]),
    default=OFFICER,
    show_default=True,
    help=("Роль.", "Role."),
)
@option(
    "--territory",
    "territories",
    multiple=True,
    metavar="OKTMO",
    help=(
        "Район, за который человек отвечает; повторяется.",
        "A district that the person works for; repeats.",
    ),
)
@option("--phone", help=("Рабочий телефон.", "Phone at work."))
@as_json
@on_database
def add(email: str, name: str, role: str, territories: tuple[str, ...], phone: str | None, as_json: bool) -> None:
    known = reference.current()
    places = [territory_of(known, oktmo) for oktmo in territories]
    try:
        password = people.add_user(email, name, role, places, phone)
    except people.LoginTaken as error:
        raise Refusal(
            f"{email} уже есть, см. vyezd user list", f"{email} is there already, see vyezd user list"
        ) from error
    if as_json:
        return print_json({"login": people.login_name(email), "role": role, "password": password})
    tell(f"Вход: {email}\nПервый пароль: {password}", f"Sign in as: {email}\nFirst password: {password}")
    tell(
        "Передайте пароль лично: второй раз он не покажется.",
        "Hand it over in person: it is not shown again.",
    )


@user.command("list", help=("Показать учётные записи офиса.", "Show the accounts of the office."))
@as_json
@on_database
def list_users(as_json: bool) -> None:
    found = [_described(person) for person in people.list_users()]
    if as_json:
        return print_json(found)
    columns = (
        ("Вход", "Login"),
        ("Имя", "Name"),
        ("Роль", "Role"),
        ("Территории", "Territories"),
        ("Был(а)", "Last seen"),
    )
    rows = (
        (
            each["login"],
            each["name"],
            ", ".join(each["roles"]),
            ", ".join(each["territories"]) or None,
            local(each["last_seen"]),
        )
        for each in found
    )
    print_table([say(*column) for column in columns], rows)


def _described(person: Person) -> dict[str, Any]:
    known = reference.current().territories
    return {
        "login": person.login,
        "name": person.name,
        "phone": person.phone,
        "roles": sorted(person.roles),
        "territories": sorted(str(known.get(id, {}).get("name", id)) for id in person.territories),
        "active": person.active,
        "last_seen": person.last_seen,
    }
