"""`vyezd team`: teams, their territories and workers; the few things about them that an operator sets up by
hand."""

from __future__ import annotations

from typing import Any

import click

from schemas import messages, registry
from schemas.ids import new_id
from server import authors, office, reference
from server.commands.opening import on_database
from server.commands.printing import as_json, print_json, print_table
from server.commands.speech import Group, Refusal, language, option, say, tell
from server.office import Change
from server.reference import Reference

EXAMPLE = """\b
        vyezd team add KY-1 --name "Красный Яр" --territory 12630436 --territory 12630402 \\
            --worker "Петрова Анна Сергеевна" --worker "Ахметова Динара Маратовна\""""


@click.group(cls=Group, help=("Бригады: завести, показать.", "Teams: set up, show."))
def team() -> None:
    pass


@team.command(
    "add",
    help=(
        f"""Завести бригаду с территориями и специалистами.

        CODE это код, по которому бригаду знают люди. Территория называется кодом ОКТМО, нынешним или прежним;
        бригада работает и во всём, что в неё входит. Ключи --territory и --worker повторяются:

        {EXAMPLE}""",
        f"""Set up a team with its territories and workers.

        CODE is what people know the team by. A territory is named by its present or an earlier OKTMO code;
        the team works in all that lies in it, too. The options --territory and --worker repeat:

        {EXAMPLE}""",
    ),
)
@click.argument("code")
@option("--name", required=True, help=("Название бригады.", "The team's name."))
@option(
    "--territory",
    "territories",
    multiple=True,
    required=True,
    metavar="OKTMO",
    help=("Код ОКТМО территории; повторяется.", "The OKTMO code of a territory; repeats."),
)
@option(
    "--worker",
    "workers",
    multiple=True,
    help=("Фамилия, имя, отчество специалиста; повторяется.", "The full name of a worker; repeats."),
)
@option("--phone", help=("Телефон бригады.", "The team's phone."))
@as_json
@on_database
def add(
    code: str,
    name: str,
    territories: tuple[str, ...],
    workers: tuple[str, ...],
    phone: str | None,
    as_json: bool,
) -> None:
    known = reference.current()
    if known.team_by_code(code):
        raise Refusal(f"бригада с кодом {code} уже есть", f"there is a team with the code {code} already")
    id = new_id()
    about = {"code": code, "name": name, "kind": "mobile_brigade"} | ({"phone": phone} if phone else {})
    places = [territory_of(known, oktmo) for oktmo in territories]
    changes = [Change("team", id, set=about, add={"territories": places})]
    changes += [Change("worker", new_id(), set={"name": worker, "team": id}) for worker in workers]
    _refuse_bad_values(changes)
    office.write(authors.importer("vyezd"), changes)
    if as_json:
        return print_json(_described(id))
    tell(
        f"Бригада {code} заведена. Код для планшета: vyezd device code --team {code}",
        f"The team {code} is set up. A code for its tablet: vyezd device code --team {code}",
    )


@team.command(
    "list",
    help=("Показать бригады, их территории и специалистов.", "Show teams, their territories and workers."),
)
@option(
    "--territory",
    metavar="OKTMO",
    help=(
        "Только те, что работают на этой территории или её части (годится и прежний код).",
        "Only those that work in this territory or a part of it (an earlier code will do).",
    ),
)
@as_json
@on_database
def list_teams(territory: str | None, as_json: bool) -> None:
    known = reference.current()
    ids = sorted(known.teams, key=lambda id: known.teams[id].get("code", ""))
    if territory:
        place = territory_of(known, territory)
        ids = [id for id in ids if _works_at(known, id, place)]
    found = [_described(id) for id in ids]
    if as_json:
        return print_json(found)
    columns = (
        ("Код", "Code"),
        ("Название", "Name"),
        ("Территории", "Territories"),
        ("Специалисты", "Workers"),
    )
    rows = ((each["code"], each["name"], _names(each["territories"]), _names(each["workers"])) for each in found)
    print_table([say(*column) for column in columns], rows)


def territory_of(known: Reference, oktmo: str) -> str:
    """The id of a territory by its present or an earlier code. Raises Refusal."""
    id = known.by_oktmo(oktmo)
    if id is None:
        raise Refusal(
            f"территории с кодом ОКТМО {oktmo} нет. Загрузите издание: vyezd import oktmo FILE",
            f"no territory has the OKTMO code {oktmo}. Import an edition: vyezd import oktmo FILE",
        )
    return id


def team_of(code: str) -> str:
    """The id of a team by its code. Raises Refusal."""
    id = reference.current().team_by_code(code)
    if id is None:
        raise Refusal(
            f"бригады с кодом {code} нет. Какие есть: vyezd team list",
            f"no team has the code {code}. Those there are: vyezd team list",
        )
    return id


def _works_at(known: Reference, team: str, place: str) -> bool:
    """Whether a team works in a territory or in a part of it."""
    return not known.within(place).isdisjoint(known.feeds_of_team(team))


def _refuse_bad_values(changes: list[Change]) -> None:
    """Nothing is written unless every value is good."""
    for change in changes:
        _, errors = registry.types()[change.type].check({"set": change.set, "add": change.add})
        for field, codes in errors.items():
            said = f"{field}: {messages.say(codes[0], language())}"
            raise Refusal(said, said)


def _described(id: str) -> dict[str, Any]:
    known = reference.current()
    fields = known.teams[id]
    places = [known.territories[place] for place in fields.get("territories") or () if place in known.territories]
    return {
        "id": id,
        "code": fields.get("code"),
        "name": fields.get("name"),
        "phone": fields.get("phone"),
        "territories": [{"oktmo": place.get("oktmo"), "name": place.get("name")} for place in places],
        "workers": [{"id": worker, "name": known.workers[worker].get("name")} for worker in known.workers_of(id)],
    }


def _names(rows: list[dict[str, Any]]) -> str:
    return ", ".join(str(row["name"]) for row in rows)
