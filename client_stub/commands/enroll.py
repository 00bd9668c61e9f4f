"""`vyezd-tablet enroll`: trade the office's code for a place in a team."""

from __future__ import annotations

import platform

import click

from client_stub import enrolment
from client_stub.commands.screen import Screen, json_option, options
from client_stub.store import Store
from client_stub.transport import Server
from client_stub.words import count


@click.command()
@click.argument("code")
@click.option("--server", "url", required=True, help="Адрес сервера. / The server's address.")
@click.option("--worker", help="Чей планшет: часть фамилии или имени. / Whose tablet: a part of the name.")
@click.option("--name", default=platform.node, help="Как назвать планшет в офисе. / What the office calls it.")
@options
@json_option
@click.pass_obj
def enroll(screen: Screen, code: str, url: str, worker: str | None, name: str) -> None:
    """Подключить планшет кодом из офиса. / Enrol this tablet with a code from the office."""
    with Store(screen.tablet) as store:
        team = enrolment.enroll(store, Server(url, lang=screen.lang), code, name or "tablet", worker)
        keeper = next((each["name"] for each in team["workers"] if each["id"] == store["worker"]), None)
        if screen.json:
            return screen.data({"device": store["device"], "team": team, "worker": keeper, "waiting": store.waiting()})
        screen.say("enroll.done", style="bold green", team=team["name"], code=team["code"])
        screen.say("enroll.territories", names=", ".join(each["name"] for each in team["territories"]) or "—")
        if keeper:
            screen.say("enroll.worker", name=keeper)
        elif team["workers"]:
            screen.say("enroll.no_worker", names=", ".join(each["name"] for each in team["workers"]))
        if store.waiting():
            screen.say("enroll.kept", edits=count(store.waiting(), "edit", screen.lang))
        screen.say("enroll.next", style="dim")
