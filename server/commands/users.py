"""`vyezd user`: accounts of the office. Nobody registers: an operator adds people and hands them a first
password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from server import people, reference, substitutions
from server.commands.opening import on_database
from server.commands.printing import as_json, local, print_json, print_table
from server.commands.speech import Group, Refusal, option, say, tell
from server.commands.teams import team_of, territory_of
from server.people import Person
from server.roles import OFFICER, ROLES

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(
    cls=Group,
    help=("Учётные записи офиса: добавить, изменить, показать.", "Accounts of the office: add, change, show."),
)
def user() -> None:
    pass


@user.command(
    "add",
    help=(
        """Добавить человека офиса и один раз показать его одноразовый пароль.

        EMAIL это почта или имя для входа. Роли: specialist читает семьи своих бригад, officer читает реестр и
        очередь своего района, admin решает, ведёт людей, планшеты и защиту семей, methodologist видит только
        показатели, auditor читает аудит, sysadmin ведёт планшеты и копии; трое последних семей не видят. Без
        --territory и --team officer и admin работают на весь регион. Первый admin заводится этой командой.""",
        """Add a person of the office and show their one-time password once.

        EMAIL is an address or a login. Roles: a specialist reads the families of their teams, an officer the
        register and the queue of their district, an admin decides and keeps people, tablets and shields, a
        methodologist sees figures alone, an auditor reads the audit, a sysadmin keeps tablets and backups; the
        last three see no family. Without --territory and --team an officer or admin works for the whole
        region. The first admin is made by this command.""",
    ),
)
@click.argument("email")
@option("--name", required=True, help=("Фамилия, имя, отчество.", "Full name."))
@option(
    "--role",
    type=click.Choice(ROLES),
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
@option(
    "--team",
    "teams",
    multiple=True,
    metavar="CODE",
    help=("Бригада, с которой человек работает; повторяется.", "A team that the person works with; repeats."),
)
@option("--phone", help=("Рабочий телефон.", "Phone at work."))
@as_json
@on_database
def add(
    email: str,
    name: str,
    role: str,
    territories: tuple[str, ...],
    teams: tuple[str, ...],
    phone: str | None,
    as_json: bool,
) -> None:
    known = reference.current()
    places = [territory_of(known, oktmo) for oktmo in territories]
    try:
        password = people.add_user(email, name, role, places, phone, teams=map(team_of, teams))
    except people.NoPlace as error:
        raise Refusal(
            f"роли {role} нужна территория или бригада: --territory, --team",
            f"the role {role} needs a territory or a team: --territory, --team",
        ) from error
    except people.LoginTaken as error:
        raise Refusal(
            f"{email} уже есть, см. vyezd user list", f"{email} is there already, see vyezd user list"
        ) from error
    if as_json:
        return print_json({"login": people.login_name(email), "role": role, "password": password})
    _show(email, password)


def _show(email: str, password: str) -> None:
    tell(f"Вход: {email}\nОдноразовый пароль: {password}", f"Sign in as: {email}\nOne-time password: {password}")
    tell(
        "Передайте пароль лично: второй раз он не покажется, и при первом входе его сменят.",
        "Hand it over in person: it is not shown again, and is changed at the first sign-in.",
    )


@user.command(
    "reset",
    help=(
        """Выдать новый одноразовый пароль тому, кто забыл свой или потерял телефон с кодами.

        Прежний пароль, код и все открытые сеансы больше не действуют.""",
        """Give out a new one-time password to who forgot theirs or lost the phone with the codes.

        The old password, the code and all open sessions are good no more.""",
    ),
)
@click.argument("email")
@as_json
@on_database
def reset(email: str, as_json: bool) -> None:
    found = _found(email)
    password = people.reset_password(found.id)
    if as_json:
        return print_json({"login": found.login, "password": password})
    _show(found.login, password)


@user.command(
    "off",
    help=(
        "Закрыть учётную запись: сразу, вместе с открытыми сеансами.",
        "Shut an account out: at once, open sessions included.",
    ),
)
@click.argument("email")
@on_database
def off(email: str) -> None:
    try:
        people.set_active(_found(email).id, False)
    except people.LastAdmin as error:
        raise Refusal(
            "это последний администратор региона: сначала заведите другого",
            "this is the region's last administrator: add another one first",
        ) from error
    tell(f"{email}: вход закрыт.", f"{email} is shut out.")


@user.command("on", help=("Открыть учётную запись снова.", "Let an account in again."))
@click.argument("email")
@on_database
def on(email: str) -> None:
    people.set_active(_found(email).id, True)
    tell(f"{email}: вход открыт.", f"{email} is let in again.")


@user.command(
    "substitute",
    help=(
        """Назначить замену на время отпуска или болезни.

        EMAIL отсутствует; с первого по последний день тот, кого назвали в --by, может работать с его ролью и
        территориями, под своим именем.""",
        """Appoint a substitute for a leave.

        EMAIL is absent; from the first to the last day whoever is named in --by may work with that role and
        those territories, under their own name.""",
    ),
)
@click.argument("email")
@option("--by", "substitute", required=True, metavar="EMAIL", help=("Кто замещает.", "Who substitutes."))
@option("--from", "since", required=True, type=DAY, help=("Первый день, ГГГГ-ММ-ДД.", "The first day, YYYY-MM-DD."))
@option("--until", required=True, type=DAY, help=("Последний день.", "The last day."))
@on_database
def substitute_for(email: str, substitute: str, since: datetime, until: datetime) -> None:
    absent, other = _found(email), _found(substitute)
    try:
        substitutions.make(absent.id, other.id, since.date(), until.date())
    except substitutions.BadPeriod as error:
        raise Refusal(
            "последний день раньше первого или уже прошёл, или это один человек",
            "the last day comes before the first or is over, or both are one person",
        ) from error
    tell(f"{other.name} замещает: {absent.name}.", f"{other.name} substitutes for {absent.name}.")


def _found(email: str) -> Person:
    try:
        return people.find(email)
    except people.UnknownPerson as error:
        raise Refusal(f"{email} нет, см. vyezd user list", f"there is no {email}, see vyezd user list") from error


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
        ("Территории, бригады", "Territories, teams"),
        ("Был(а)", "Last seen"),
    )
    rows = (
        (
            each["login"],
            each["name"],
            ", ".join(each["roles"]),
            ", ".join([*each["territories"], *each["teams"]]) or None,
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
        "teams": sorted(str(reference.current().teams.get(id, {}).get("code", id)) for id in person.teams),
        "active": person.active,
        "one_time_until": person.one_time_until,
        "code": person.has_code,
        "last_seen": person.last_seen,
    }
