"""`vyezd shield`: families that only named tablets and people read, and the secrecy of adoption; for when nobody who is
named is left, and for what has no page."""

from __future__ import annotations

import click

from schemas.ids import new_id
from server import audit, authors, office, people, register, shields
from server.commands.opening import on_database
from server.commands.speech import Group, Refusal, option, tell
from server.office import Change
from server.register import Stored

REASONS = ("violence", "adoption", "other")


@click.group(
    cls=Group,
    help=("Защищённые семьи и тайна усыновления.", "Shielded families and the secrecy of adoption."),
)
def shield() -> None:
    pass


@shield.command(
    "family",
    help=(
        """Защитить семью, назвать её читателей заново или снять защиту.

        FAMILY это номер записи. Читать её смогут только названные люди и планшеты; у остальных она исчезнет. Обычно
        это делает администратор на странице семьи; команда нужна, когда никого из названных не осталось.""",
        """Shield a family, name its readers anew, or lift the shield.

        FAMILY is the record's id. Only the people and tablets named read it; for others it is gone. Usually an
        administrator does this on the family's page; the command is for when nobody who is named is left.""",
    ),
)
@click.argument("family")
@option("--reason", type=click.Choice(REASONS), help=("Почему; без него защита снимается.", "Why; without: lifted."))
@option("--person", "logins", multiple=True, metavar="EMAIL", help=("Кто читает; повторяется.", "Who reads; repeats."))
@option("--device", "devices", multiple=True, metavar="ID", help=("Планшет; повторяется.", "A tablet; repeats."))
@on_database
def family(family: str, reason: str | None, logins: tuple[str, ...], devices: tuple[str, ...]) -> None:
    found = _record(family, "family")
    change = shields.change(found, reason, {id.lower() for id in devices}, _ids(logins))
    office.write(authors.importer("shield"), [Change("family", found.id, base=found.rev, **change)])
    audit.record("shield" if reason else "shield.lifted", who=audit.OPERATOR, subject=found.id, family=found.id)
    tell("Сделано: планшеты узнают при ближайшей связи.", "Done: tablets hear of it when they next sync.")


@shield.command(
    "adoption",
    help=(
        """Записать для названных людей, какие две записи это один ребёнок до и после усыновления.

        BEFORE и AFTER это номера записей людей. Никто другой этой связи не увидит, ни в одном списке и файле.""",
        """Record for named people which two records are one child before and after an adoption.

        BEFORE and AFTER are ids of person records. Nobody else sees this link, in no list and no file.""",
    ),
)
@click.argument("before")
@click.argument("after")
@option(
    "--person",
    "logins",
    multiple=True,
    required=True,
    metavar="EMAIL",
    help=("Кто читает; повторяется.", "Who reads it; repeats."),
)
@on_database
def adoption(before: str, after: str, logins: tuple[str, ...]) -> None:
    child = {"before": _record(before, "person").id, "after": _record(after, "person").id}
    id = new_id()
    named = {"shield_people": sorted(_ids(logins))}
    office.write(authors.importer("shield"), [Change("adoption", id, set=child, add=named)])
    audit.record("adoption.linked", who=audit.OPERATOR, subject=id)
    tell(f"Записано: {id}", f"Recorded: {id}")


def _record(id: str, type_name: str) -> Stored:
    found = register.fetch([id.lower()]).get(id.lower())
    if found is None or found.type != type_name:
        raise Refusal(f"записи {id} вида {type_name} нет", f"there is no {type_name} with the id {id}")
    return found


def _ids(logins: tuple[str, ...]) -> set[str]:
    try:
        return {people.find(login).id for login in logins}
    except people.UnknownPerson as error:
        raise Refusal(f"{error} нет, см. vyezd user list", f"there is no {error}, see vyezd user list") from error
