"""`vyezd`: what an operator does by hand. One file a topic; speech.py and printing.py are how they all speak.

A command reads its words, calls the same services as the office's pages, and prints what came of it. Whatever
it changes in the register goes through the gate as ops."""

from __future__ import annotations

from server.commands import (
    audit,
    backups,
    codes,
    databases,
    demo,
    devices,
    doctor,
    explain,
    exports,
    figures,
    imports,
    overdue,
    quarantine,
    serve,
    shields,
    teams,
    users,
)
from server.commands.speech import Program

main = Program(
    name="vyezd",
    help=(
        """Сервер «Выезд»: учёт работы мобильных бригад, которые бывают без связи.

        Начните так: vyezd init, затем vyezd demo --size small (или vyezd import oktmo и vyezd team add),
        затем vyezd serve. У каждой команды есть --help, а у тех, что показывают данные, --json.""",
        """The Vyezd server: the register of mobile teams that work where there is no network.

        Start with vyezd init, then vyezd demo --size small (or vyezd import oktmo and vyezd team add), then
        vyezd serve. Every command has --help, and those that show data have --json.""",
    ),
)

imports.imports.add_command(codes.import_command)

for topic in (
    databases.init,
    databases.upgrade,
    databases.replay,
    serve.serve,
    demo.demo,
    imports.imports,
    exports.export,
    codes.list_command,
    overdue.command,
    figures.figures,
    teams.team,
    users.user,
    shields.shield,
    devices.device,
    explain.explain,
    quarantine.quarantine,
    doctor.doctor,
    audit.audit,
    backups.backup,
    backups.restore,
):
    main.add_command(topic)
