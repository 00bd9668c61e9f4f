"""`vyezd backup` and `vyezd restore`: the whole register in one file, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from server import backup as backups
from server import journal, restoring
from server.commands.opening import app_context, on_database, read_settings
from server.commands.printing import as_json, print_json
from server.commands.speech import Command, Refusal, option, tell


@click.command(
    cls=Command,
    help=(
        """Сделать резервную копию: база, ключи, снимки и сканы в одном файле.

        Копия снимается на ходу, одним моментом; работу останавливать не нужно. Файл открывает весь реестр:
        храните его как сам реестр. Журнал доверия (VYEZD_DATA/trust.journal) копируйте отдельно и чаще.""",
        """Make a backup: the database, the keys, photographs and scans in one file.

        It is taken while the server works, of one moment. The file opens the whole register: keep it as you
        keep the register. Copy the trust journal (VYEZD_DATA/trust.journal) apart from it, and more often.""",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--without-files",
    is_flag=True,
    help=(
        "Без снимков и сканов: папка VYEZD_BLOBS копируется отдельно.",
        "Without photographs and scans: the folder VYEZD_BLOBS is copied apart.",
    ),
)
@as_json
@on_database
def backup(file: Path, without_files: bool, as_json: bool) -> None:
    try:
        made = backups.make(file, read_settings(), with_files=not without_files)
    except (backups.Refused, OSError) as error:
        raise Refusal(f"копия не сделана: {error}", f"no backup was made: {error}") from error
    if as_json:
        return print_json(asdict(made))
    tell(
        f"Копия готова: {file}, операций {made.rows['op']}, записей {made.rows['record']}, файлов {made.files}.",
        f"The backup is ready: {file}, {made.rows['op']} ops, {made.rows['record']} records, {made.files} files.",
    )


@click.command(
    cls=Command,
    help=(
        """Восстановить реестр из копии в пустую базу.

        Начинается новая эпоха: планшеты сами предложат то, что сдали после копии, и получат данные заново.
        Пока не применён журнал доверия, данные никому не выдаются: отозванный планшет не должен прочесть их
        снова. Если журнал утрачен, скажите --without-journal и проверьте список планшетов. Без FILE
        применяется только журнал.""",
        """Restore the register from a backup into an empty database.

        A new epoch begins: tablets offer again what they had handed in since, and pull afresh. Until the trust
        journal has been replayed nothing is served to readers: a revoked tablet must not read again. If the
        journal is lost, say --without-journal and look through the list of tablets. Without FILE only the
        journal is replayed.""",
    ),
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@option(
    "--journal",
    "source",
    type=click.Path(path_type=Path),
    help=(
        "Журнал доверия (иначе VYEZD_DATA/trust.journal, если он есть).",
        "The trust journal (else VYEZD_DATA/trust.journal, if it is there).",
    ),
)
@option(
    "--without-journal",
    is_flag=True,
    help=("Журнала нет: выдавать данные без него.", "There is no journal: serve readers without it."),
)
@as_json
def restore(file: Path | None, source: Path | None, without_journal: bool, as_json: bool) -> None:
    try:
        if file is not None:
            restoring.restore_keys(file, read_settings())
        with app_context():
            made = restoring.restore(file) if file is not None else None
            opened = _replay(source or journal.path(), without_journal)
    except (backups.Refused, restoring.Damaged, OSError) as error:
        raise Refusal(f"не восстановлено: {error}", f"not restored: {error}") from error
    if as_json:
        return print_json({"restored": asdict(made) if made else None, "serves_readers": opened})
    if made is not None:
        tell(
            f"Восстановлено: операций {made.rows['op']}, записей {made.rows['record']}; эпоха {made.epoch}.",
            f"Restored: {made.rows['op']} ops, {made.rows['record']} records; epoch {made.epoch}.",
        )
        tell(
            "Учётные записи — какими были в копии: журнал доверия их не хранит. Просмотрите vyezd user list: кого "
            "отключили после неё, отключите снова.",
            "Accounts are what they were in the backup: the trust journal does not keep them. Look through vyezd user "
            "list: whom you shut out since, shut out again.",
        )
    if not opened:
        tell(
            "Данные никому не выдаются: нет журнала доверия. vyezd restore --journal ФАЙЛ или --without-journal.",
            "Readers are not served: there is no trust journal. vyezd restore --journal FILE or --without-journal.",
        )


def _replay(source: Path, without_journal: bool) -> bool:
    """Replays the journal, or does without it. Returns whether readers are served now."""
    if source.is_file():
        restoring.replay(source)
    elif without_journal:
        restoring.open_pulls()
    return source.is_file() or without_journal
