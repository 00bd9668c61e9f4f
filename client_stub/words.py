"""Every sentence the field client says: Russian first, English second."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from client_stub import photowords

Lang = Literal["ru", "en"]


def say(key: str, lang: Lang, **values: object) -> str:
    """The sentence ``key`` with its values filled in. A key that is missing here is a mistake: KeyError."""
    russian, english = WORDS[key]
    return (russian if lang == "ru" else english).format(**values)


def count(number: int, noun: str, lang: Lang) -> str:
    """A number with its noun in the right form: 1 запись, 2 записи, 5 записей; 1 record, 2 records."""
    one, few, many, single, plural = NOUNS[noun]
    if lang == "en":
        return f"{number} {single if number == 1 else plural}"
    tens, units = number % 100, number % 10
    if units == 1 and tens != 11:
        return f"{number} {one}"
    return f"{number} {few if units in (2, 3, 4) and tens not in (12, 13, 14) else many}"


def when(moment: str) -> str:
    """A date or a time (ISO 8601) as people write it here."""
    parsed = datetime.fromisoformat(moment)
    parsed = parsed.astimezone() if parsed.tzinfo else parsed
    return parsed.strftime("%d.%m.%Y %H:%M" if "T" in moment else "%d.%m.%Y")


NOUNS = {
    "record": ("запись", "записи", "записей", "record", "records"),
    "edit": ("правка", "правки", "правок", "edit", "edits"),
    "family": ("семья", "семьи", "семей", "family", "families"),
    "visit": ("посещение", "посещения", "посещений", "visit", "visits"),
    **photowords.NOUNS,
    "tablet": ("планшет", "планшета", "планшетов", "tablet", "tablets"),
}

WORDS = {
    # what went wrong, and what to do next
    "trouble.no_answer": (
        "Сервер не отвечает: {url}. Проверьте связь и повторите. Всё записанное сохранено на планшете.",
        "The server does not answer: {url}. Check the connection and try again. All you wrote is kept on the tablet.",
    ),
    "trouble.cut": (
        "Связь оборвалась посреди ответа. Повторите: ничего не потеряется и не запишется дважды.",
        "The connection broke in the middle of an answer. Try again: nothing is lost and nothing is written twice.",
    ),
    "trouble.certificate": (
        "Сертификат сервера {url} не подтверждён. Проверьте дату на планшете и адрес сервера; не поможет — "
        "позвоните администратору.",
        "The certificate of {url} is not trusted. Check the tablet's date and the address; if that is no "
        "help, call the administrator.",
    ),
    "trouble.bad_address": (
        "«{url}» не похоже на адрес сервера. Он выглядит так: https://vyezd.example.ru",
        '"{url}" is not a server\'s address. It looks like this: https://vyezd.example.org',
    ),
    "trouble.not_ours": (
        "Ответил не наш сервер (код {status}): возможно, это страница входа в Wi-Fi. Откройте её в браузере "
        "или смените сеть и повторите.",
        "Something else than our server answered (status {status}): perhaps the sign-in page of a Wi-Fi. "
        "Open it in a browser or change the network, and try again.",
    ),
    "trouble.server_failed": (
        "На сервере сбой (код {status}). Записанное сохранено на планшете: повторите через несколько минут, "
        "а если не поможет — сообщите администратору.",
        "The server has failed (status {status}). All you wrote is kept on the tablet: try again in a few "
        "minutes; if that is no help, tell the administrator.",
    ),
    "trouble.refused": ("Сервер отказал. {said}", "The server refused. {said}"),
    "trouble.batch_too_large": (
        "Одна правка больше, чем принимает сервер. Она сохранена на планшете: сообщите администратору.",
        "One edit is larger than the server takes. It is kept on the tablet: tell the administrator.",
    ),
    "trouble.op_too_large": (
        "Слишком длинный текст: больше 256 КиБ одной правкой. Разделите его на части.",
        "The text is too long: more than 256 KiB in one edit. Divide it.",
    ),
    "trouble.unanswered": (
        "Сервер ничего не ответил об отправленном. Записанное осталось на планшете: сообщите администратору.",
        "The server said nothing of what was sent. It stays on the tablet: tell the administrator.",
    ),
    "trouble.restless": (
        "Сервер раз за разом велит начать сначала. Записанное сохранено на планшете: сообщите администратору.",
        "The server keeps telling the tablet to start again. All you wrote is kept on the tablet: tell the "
        "administrator.",
    ),
    "trouble.bad_receipt": (
        "Квитанция сервера не подтвердилась: возможно, ответил не наш сервер. Ничего не принято на веру, записанное "
        "осталось на планшете. Сообщите администратору.",
        "The server's receipt could not be verified: perhaps another server answered. Nothing was taken on trust, all "
        "you wrote is still on the tablet. Tell the administrator.",
    ),
    "trouble.busy": (
        "Сервер занят и не успел ответить. Повторите через минуту: ничего не потеряется и не запишется дважды.",
        "The server is busy and could not answer in time. Try again in a minute: nothing is lost and nothing is "
        "written twice.",
    ),
    "trouble.closed": (
        "Сервер восстановлен из копии и ещё не открыт: администратор должен применить журнал. Всё записанное в "
        "сохранности, повторите позже.",
        "The server was restored from a backup and is not open yet: the administrator has to replay its journal. All "
        "you wrote is safe, try again later.",
    ),
    "trouble.not_enrolled": (
        "Планшет ещё не подключён. Возьмите код в офисе и выполните: vyezd-tablet enroll КОД --server АДРЕС",
        "This tablet is not enrolled yet. Ask the office for a code and run: vyezd-tablet enroll CODE --server URL",
    ),
    "trouble.no_such_family": (
        "Семья «{text}» на планшете не найдена. Попробуйте часть фамилии, номера дела или адреса; если не "
        "поможет, выполните vyezd-tablet pull.",
        'No family "{text}" on this tablet. Try a part of a surname, case number or address; if that is no '
        "help, run vyezd-tablet pull.",
    ),
    "trouble.many_families": (
        "«{text}» — это несколько семей. Уточните или возьмите конец номера записи:\n{listed}",
        'Several families answer to "{text}". Say more, or take the end of the id:\n{listed}',
    ),
    "trouble.no_such_copy": (
        "Нет правки «…{text}», которую надо исправить. Список: vyezd-tablet mend",
        'No edit "…{text}" needs mending. The list: vyezd-tablet mend',
    ),
    "trouble.no_such_field": (
        "Поле «{text}» не найдено. В этой правке: {listed}.",
        'There is no field "{text}". This edit has: {listed}.',
    ),
    "trouble.no_such_worker": (
        "В бригаде нет специалиста «{text}». Есть: {names}.",
        'The team has no worker "{text}". It has: {names}.',
    ),
    "trouble.not_listed": (
        "«{text}» нет в списке «{field}». Есть: {listed}.",
        'The list "{field}" has no "{text}". It has: {listed}.',
    ),
    "trouble.revoked": (
        "Доступ этого планшета отозван, записи закрыты. Сдайте записанное: vyezd-tablet sync. Затем позвоните в офис.",
        "This tablet's access is revoked and its records are closed. Hand over what you wrote: vyezd-tablet sync. Then "
        "call the office.",
    ),
    "trouble.erased": (
        "Данные с этого планшета стёрты: его доступ был отозван. Чтобы снова работать на нём, возьмите в офисе новый "
        "код: vyezd-tablet enroll КОД --server АДРЕС",
        "The data on this tablet was erased: its access had been revoked. To work with it again, ask the office for a "
        "new code: vyezd-tablet enroll CODE --server URL",
    ),
    "trouble.lease_over": (
        "Планшет давно не был на связи: записи закрыты с {when}. Ничего не потеряно (ждёт отправки: {number}). Там, "
        "где есть сеть, выполните: vyezd-tablet sync",
        "This tablet has been out of touch for long: its records are closed since {when}. Nothing is lost ({number} "
        "waiting to be sent). Where there is a network, run: vyezd-tablet sync",
    ),
    "trouble.unfit": ("Не записано, исправьте. {errors}", "Nothing was written, please correct. {errors}"),
    "trouble.mark": ("✗ {text}", "✗ {text}"),
    "trouble.store_failed": (
        "Файл планшета не открылся или не записался: {reason}. Проверьте свободное место; ничего не удаляйте и "
        "позвоните администратору.",
        "The tablet's file could not be opened or written: {reason}. Check the free space; delete nothing and call "
        "the administrator.",
    ),
    "trouble.interrupted": (
        "Прервано. Всё записанное сохранено на планшете.",
        "Interrupted. All you wrote is kept on the tablet.",
    ),
    # what is wrong with a command line
    "usage.missing": ("Не указано: {named}.", "Missing: {named}."),
    "usage.bad": ("Не годится значение {named}: {message}.", "Unfit value of {named}: {message}."),
    "usage.no_option": ("Нет такого ключа: {named}.", "No such option: {named}."),
    "usage.help": ("Справка: {path} --help", "Help: {path} --help"),
    # enroll
    "enroll.done": ("✔ Планшет подключён: {team} ({code})", "✔ The tablet is enrolled: {team} ({code})"),
    "enroll.territories": ("Территории: {names}", "Territories: {names}"),
    "enroll.worker": ("Пишет: {name}", "Writes: {name}"),
    "enroll.no_worker": (
        "Кто пишет, не указано. В бригаде: {names}. Назвать: --worker ФАМИЛИЯ",
        "Nobody is named as the writer. The team has: {names}. To name one: --worker NAME",
    ),
    "enroll.kept": (
        "Записанное раньше сохранено: {edits} ждёт отправки. Отправить: vyezd-tablet sync",
        "What was written before is kept: {edits} waits. Send it: vyezd-tablet sync",
    ),
    "enroll.next": ("Дальше: vyezd-tablet pull", "Next: vyezd-tablet pull"),
    # pull
    "pull.done": ("✔ Получено: {records}", "✔ Received: {records}"),
    "pull.families": ("На планшете: {families}", "On the tablet: {families}"),
    "pull.gone": ("Убрано с планшета: {records}", "Taken off the tablet: {records}"),
    "pull.waiting": (
        "Ждёт отправки: {edits}. Отправить: vyezd-tablet sync",
        "Waiting to be sent: {edits}. Send them: vyezd-tablet sync",
    ),
    # visit
    "visit.done": ("✔ Посещение записано: {family}", "✔ The visit is written down: {family}"),
    "visit.waiting": (
        "Ждёт отправки: {edits}. Когда будет связь: vyezd-tablet sync",
        "Waiting to be sent: {edits}. When there is a connection: vyezd-tablet sync",
    ),
    # sync
    "progress.sending": ("Отправка", "Sending"),
    "progress.offering": ("Сдаём заново", "Handing in again"),
    "progress.receiving": ("Получение", "Receiving"),
    "sync.title": ("Синхронизация · {when}", "Sync · {when}"),
    "figure.sent": ("отправлено", "sent"),
    "figure.applied": ("принято", "accepted"),
    "figure.conflict": (
        "расхождение: принято, решит администратор",
        "in dispute: accepted, the administrator will decide",
    ),
    "figure.stored": ("принято на хранение: разместит офис", "accepted and kept: the office will place it"),
    "figure.quarantined": (
        "требует исправления: копия на планшете",
        "needs mending: a copy is on the tablet",
    ),
    "figure.waiting": ("ждёт отправки", "waits to be sent"),
    "figure.offered": (
        "сдано заново: сервер восстановлен из копии",
        "handed in again: the server was restored from a backup",
    ),
    "figure.received": ("получено записей", "records received"),
    "figure.gone": ("убрано с планшета", "taken off the tablet"),
    "sync.done": (
        "✔ Всё сдано. Ничего не потеряно: всё записанное на сервере.",
        "✔ All is handed in. Nothing is lost: all you wrote is on the server.",
    ),
    "sync.kept": (
        "✔ Ничего не потеряно: {edits} ждёт на планшете. Повторите: vyezd-tablet sync",
        "✔ Nothing is lost: {edits} waits on the tablet. Try again: vyezd-tablet sync",
    ),
    "sync.kept_for_code": (
        "✔ Ничего не потеряно: {edits} ждёт на планшете нового кода.",
        "✔ Nothing is lost: {edits} waits on the tablet for a new code.",
    ),
    "sync.to_offer": (
        "Сервер восстановлен из копии: осталось сдать заново — {edits}. Ничего не потеряно, повторите: "
        "vyezd-tablet sync",
        "The server was restored from a backup: {edits} to hand in again. Nothing is lost, try again: "
        "vyezd-tablet sync",
    ),
    "sync.rewound": (
        "✔ Записанное на сервере. Сервер нашёл отличия и прислал часть записей заново. Проверить: vyezd-tablet sync",
        "✔ All you wrote is on the server. It found differences and sent some records again. To check: "
        "vyezd-tablet sync",
    ),
    "sync.afresh": (
        "База на сервере была восстановлена или сменилась: планшет сдал заново то, чего в ней нет, и получает всё "
        "сначала.",
        "The server's database was restored or changed: the tablet hands in again what it lacks, and pulls everything "
        "afresh.",
    ),
    "sync.revoked": (
        "Доступ этого планшета отозван: записанное передано в офис, новых данных не будет. Позвоните в офис.",
        "This tablet's access is revoked: what you wrote has gone to the office, nothing new will come. "
        "Call the office.",
    ),
    "sync.erased": (
        "Все данные с этого планшета стёрты. Чтобы снова работать на нём, возьмите в офисе новый код.",
        "All data on this tablet has been erased. To work with it again, ask the office for a new code.",
    ),
    "sync.outdated": (
        "Программа на планшете устарела: записанное принято, а новых данных не будет, пока она не обновлена.",
        "The program on this tablet is too old: what you wrote was taken, and nothing new comes until it is updated.",
    ),
    "sync.reenrol": (
        "Этот планшет скопирован или восстановлен из копии: на сервере под его именем работают двое. Возьмите в офисе "
        "новый код и выполните: vyezd-tablet enroll КОД --server АДРЕС. Новые записи подождут на планшете.",
        "This tablet was cloned or restored from a copy: two tablets work under its name. Ask the office for a new "
        "code and run: vyezd-tablet enroll CODE --server URL. What you write meanwhile waits on the tablet.",
    ),
    # mend
    "mend.nothing": ("✔ Исправлять нечего.", "✔ Nothing needs mending."),
    "mend.how": (
        "Исправить: vyezd-tablet mend КОНЕЦ_НОМЕРА --set ПОЛЕ ЗНАЧЕНИЕ; убрать поле: --drop ПОЛЕ",
        "To mend: vyezd-tablet mend END_OF_ID --set FIELD VALUE; to leave a field out: --drop FIELD",
    ),
    "mend.done": ("✔ Исправлено: {title}", "✔ Mended: {title}"),
    # lists
    "list.waiting": ("Ждёт отправки", "Waiting to be sent"),
    "list.to_mend": ("Требует исправления", "Needs mending"),
    "list.disputed": ("Расхождения: решает администратор", "In dispute: the administrator decides"),
    "list.settled": ("Решено в офисе", "Decided by the office"),
    "settled.applied": ("принято", "accepted"),
    "settled.conflict": ("принято, есть расхождение", "accepted, in dispute"),
    "settled.rejected": ("отклонено", "rejected"),
    "list.notices": ("Сообщения из офиса", "Messages from the office"),
    "list.more": ("  … и ещё {number}", "  … and {number} more"),
    "list.or": (" или ", " or "),
    "list.due": (" (до {date})", " (by {date})"),
    # status
    "status.team": ("{team} ({code})", "{team} ({code})"),
    "status.worker": ("Пишет: {name}", "Writes: {name}"),
    "status.contact": (
        "Связь с {server}: {when}. Данные можно смотреть до {until}",
        "Contact with {server}: {when}. Data may be read until {until}",
    ),
    "status.accepted": ("Принято сервером правок: {number}", "Edits accepted by the server: {number}"),
    "status.waiting": (
        "Ждёт отправки: {edits}. Отправить: vyezd-tablet sync",
        "Waiting to be sent: {edits}. Send them: vyezd-tablet sync",
    ),
    "status.nothing_waits": (
        "✔ Всё сдано: ничего не ждёт отправки, всё записанное на сервере.",
        "✔ All is handed in: nothing waits to be sent, all you wrote is on the server.",
    ),
    "status.receipts": (
        "Квитанций сервера: {number}. Показать: vyezd-tablet status --receipts",
        "Receipts from the server: {number}. To show them: vyezd-tablet status --receipts",
    ),
    "status.receipt": (
        "{when}  {edits}: {outcomes}\n  квитанция {batch}",
        "{when}  {edits}: {outcomes}\n  receipt {batch}",
    ),
    "status.no_receipts": ("Квитанций ещё нет.", "There are no receipts yet."),
    # fleet
    "fleet.pulls": ("{tablet}: подключён, получает данные", "{tablet}: enrolled, pulls"),
    "fleet.travels": ("{tablet}: в выезде, без связи", "{tablet}: on a trip, no connection"),
    "fleet.comes_home": ("{tablet}: вернулся, отдаёт записанное", "{tablet}: home again, hands over"),
    "fleet.title": ("Выезд · зерно {seed}", "Trip · seed {seed}"),
    "fleet.tablet": ("Планшет", "Tablet"),
    "fleet.team": ("Бригада", "Team"),
    "fleet.families": ("Семей", "Families"),
    "fleet.written": ("Правок", "Edits"),
    "fleet.applied": ("Принято", "Accepted"),
    "fleet.conflict": ("Спорно", "Disputed"),
    "fleet.stored": ("Хранится", "Kept"),
    "fleet.quarantined": ("Исправить", "To mend"),
    "fleet.waiting": ("Ждёт", "Waiting"),
    "fleet.faults": ("Неполадки связи: {told}", "Faults of the links: {told}"),
    "fleet.whole": (
        "✔ Каждая правка на месте: потеряно 0, задвоено 0.",
        "✔ Every edit is accounted for: 0 lost, 0 doubled.",
    ),
    "fleet.broken": ("✗ Потеряно правок: {lost}, задвоено: {doubled}.", "✗ Edits lost: {lost}, doubled: {doubled}."),
    # records
    "family.unnamed": ("без номера, …{id}", "no number, …{id}"),
    "field.life": ("Удаление", "Deletion"),
    "value.None": ("пусто", "empty"),
    "value.True": ("да", "yes"),
    "value.False": ("нет", "no"),
    **photowords.WORDS,
}
