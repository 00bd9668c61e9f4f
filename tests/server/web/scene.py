"""A small office to look at: two accounts, two tablets at work, families, visits, one расхождение.

Tests take from it what they need; the screenshots show it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from schemas.ids import new_id
from server import people
from server.db import writing
from server.models import User
from tests.support.world import Tablet, World

ADMIN, OFFICER = "admin@example.org", "officer"
LOCAL = ZoneInfo("Europe/Astrakhan")


class Office:
    """People with accounts in a world, and browsers that keep their cookies."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.passwords: dict[str, str] = {}
        self.add(ADMIN, "Смирнова Ольга Игоревна", people.ADMIN)
        self.add(OFFICER, "Кузнецова Елена Павловна", people.OFFICER)

    def add(
        self, login: str, name: str, role: str, territories: tuple[str, ...] = (), teams: tuple[str, ...] = ()
    ) -> str:
        """A new account whose password is no one-time one any more. Returns its id."""
        with self.world.inside():
            self.passwords[login] = people.add_user(login, name, role, territories, "+79000000077", teams=teams)
            with writing() as connection:
                connection.execute(update(User).where(User.email == login).values(one_time_until=None))
            return people.find(login).id

    def signed_in(self, login: str, lang: str = "en") -> Browser:
        """A browser in which this person has signed in."""
        browser = Browser(self.world.app.test_client(), lang)
        answer = browser.post("/sign-in", email=login, password=self.passwords[login])
        assert answer.status_code == 302, answer.text
        return browser


class Browser:
    """A test client that fills in the hidden fields of the page it was last on, as a browser does."""

    def __init__(self, client: FlaskClient, lang: str = "en") -> None:
        self.client = client
        client.set_cookie("lang", lang)

    def get(self, path: str, **options: Any) -> TestResponse:
        """A page."""
        return self.client.get(path, **options)

    def see(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return text(answer)

    def post(self, path: str, page: str | None = None, **fields: Any) -> TestResponse:
        """The form on ``page`` (by default the same path) sent with its hidden fields and these."""
        return self.client.post(path, data=self.hidden(page or path) | fields)

    def hidden(self, page: str) -> dict[str, str]:
        """The hidden fields of the last form on a page."""
        found = self.get(page).text
        form = found[found.rfind('<form method="post"') :]
        return dict(re.findall(r'type="hidden" (?:value="[^"]*" )?name="(\w+)" value="([^"]*)"', form)) | dict(
            re.findall(r'<input id="\w+" name="(\w+)" type="hidden" value="([^"]*)"', form)
        )


def text(answer: TestResponse) -> str:
    """What a person reads on a page."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def moment(days: int = 0, hour: int = 10) -> str:
    """A local moment some days ago, as a tablet writes it."""
    day = datetime.now(LOCAL).replace(hour=hour, minute=20, second=0, microsecond=0)
    return (day - timedelta(days=days)).isoformat()


def join(
    tablet: Tablet, family: str, surname: str, given: str, role: str, born: str, **more: Any
) -> list[dict[str, Any]]:
    """The ops that make a person and put them into a family."""
    person = new_id()
    link = {"person": person, "family": family, "role": role} | more
    who = {"surname": surname, "given": given, "sex": "female", "birth_date": born}
    return [
        tablet.op("person", person, feed=tablet.world.here, set=who),
        tablet.op("membership", set=link, add={"periods": [{"from": "2020-01-01"}]}),
    ]  # fmt: skip


def visit(tablet: Tablet, family: str, days: int = 0, result: str = "held", **more: Any) -> dict[str, Any]:
    """The op of a visit some days ago."""
    values = {"family": family, "kind": "repeat", "started_at": moment(days), "result": {"from": None, "to": result}}
    return tablet.op("visit", set=values | more, add={"services": ["legal"], "notes": ["Дома мать и дети."]})


def two_addresses(first: Tablet, second: Tablet) -> str:
    """A family whose address two tablets changed without knowing of each other. Returns its id."""
    made = first.family(address="с Образцовое, ул. Ленина, 5")
    first.sync(made)
    second.pull()
    second.sync(second.op("family", made["id"], set={"address": "с Образцовое, ул. Мира, 7"}))
    first.sync(first.op("family", made["id"], set={"address": "с Образцовое, ул. Садовая, 12"}))
    return str(made["id"])


def person(tablet: Tablet, **values: Any) -> dict[str, Any]:
    """The op that makes a person who belongs to no family yet."""
    good = {"surname": "Белова", "given": "Алёна", "sex": "female", "birth_date": "2014-05-03"}
    return tablet.op("person", feed=tablet.world.here, set=good | values)


def one_snils_twice(tablet: Tablet, snils: str = "112-233-445 95") -> tuple[str, str]:
    """Two persons with one number. Returns their ids."""
    first, second = person(tablet, snils=snils), person(tablet, surname="Ким", given="Вера", snils=snils)
    tablet.sync(first, second)
    return str(first["id"]), str(second["id"])


def proposal(tablet: Tablet, family: str, number: str = "15/2014", **more: Any) -> str:
    """A tablet writes a family's case number, which is the office's. Returns the op's id."""
    op = tablet.op("family", family, set={"number": number} | more)
    assert tablet.sync(op)["results"][0]["outcome"] == "stored"
    return str(op["op"])
