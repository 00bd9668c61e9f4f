"""`vyezd-tablet`: the field client at a terminal. One file a command; screen.py is how they all speak."""

from __future__ import annotations

import logging

import click

from client_stub.commands import enroll, fleet, mend, photo, pull, status, sync, visit
from client_stub.commands.screen import FriendlyGroup, options


@click.group(cls=FriendlyGroup)
@options
def main() -> None:
    """Планшет выездной бригады: записать без связи, отдать всё за один раз.

    The field team's tablet: write offline, hand everything over at once.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")


for command in (enroll.enroll, pull.pull, visit.visit, photo.photo, sync.sync, status.status, mend.mend, fleet.fleet):
    main.add_command(command)
