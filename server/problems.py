"""Every refusal of a whole request, in one list: RFC 9457 problems with stable codes, said in Russian and English.

What is wrong with one op is no problem of the request: it is that op's outcome (schemas/messages.py has those codes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, request

from server import metrics

TYPE = "urn:vyezd:problem:"
MIME = "application/problem+json"
LANGUAGES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: HTTP status, and (title, what to do next) in Russian and English."""

    status: int
    ru: tuple[str, str]
    en: tuple[str, str]


KINDS: dict[str, Kind] = {
    "not-json": Kind(
        400,
        ("Тело запроса — не JSON", "Отправьте пакет ещё раз; если ошибка повторяется, обновите приложение."),
        ("The body is not JSON", "Send the batch again; if this repeats, update the app."),
    ),
    "bad-request": Kind(
        400,
        ("Запрос составлен неверно", "Проверьте поля запроса по описанию API; записи на планшете не пострадали."),
        (
            "The request is malformed",
            "Compare its fields with the API description; records on the tablet are unharmed.",
        ),
    ),
    "bad-encoding": Kind(
        400,
        ("Сжатие тела повреждено или неизвестно", "Отправьте тело без сжатия или в gzip."),
        ("The body's compression is damaged or unknown", "Send the body plain or in gzip."),
    ),
    "bad-cursor": Kind(
        400,
        ("Закладка чтения повреждена", "Сбросьте её и получите данные заново; несданные записи останутся."),
        ("The cursor is damaged", "Drop it and pull afresh; unsent records stay."),
    ),
    "bad-code": Kind(
        403,
        ("Код подключения не подошёл", "Он неверен, устарел или уже использован. Попросите в офисе новый код."),
        ("The enrolment code was not accepted", "It is wrong, expired or used. Ask the office for a new one."),
    ),
    "unauthorized": Kind(
        401,
        ("Планшет не опознан", "Подключите планшет заново кодом из офиса; несданные записи останутся."),
        ("The tablet is not known", "Enrol it again with a code from the office; unsent records stay."),
    ),
    "revoked": Kind(
        403,
        ("Доступ планшета отозван", "Можно сдать записи; читать данные нельзя. Позвоните в офис."),
        ("The tablet's access is revoked", "It may still push what it holds and read nothing. Call the office."),
    ),
    "not-found": Kind(
        404,
        ("Такого адреса нет", "Проверьте адрес сервера и версию приложения."),
        ("There is no such address", "Check the server's address and the app's version."),
    ),
    "method-not-allowed": Kind(
        405,
        ("Такой запрос здесь не принимается", "Проверьте версию приложения."),
        ("This method is not taken here", "Check the app's version."),
    ),
    "gone": Kind(
        410,
        (
            "База данных была восстановлена",
            "Сделайте синхронизацию: планшет получит данные заново, записи не потеряются.",
        ),
        ("The database was restored", "Sync: the tablet pulls afresh, and no record is lost."),
    ),
    "too-large": Kind(
        413,
        ("Пакет слишком велик", "Разделите его: пределы указаны в ответе. Ничего из него не принято."),
        ("The batch is too large", "Split it: the limits are in this answer. Nothing of it was stored."),
    ),
    "unprocessable": Kind(
        422,
        ("Значения полей не подходят", "Исправьте поля, названные в ответе."),
        ("Some fields have unfit values", "Mend the fields that this answer names."),
    ),
    "file-too-large": Kind(
        413,
        ("Файл слишком велик", "Предел указан в ответе. Снимите с меньшим разрешением; файл остался на планшете."),
        ("The file is too large", "The limit is in this answer. Take a smaller picture; the file stays on the tablet."),
    ),
    "empty-file": Kind(
        422,
        ("Файл пуст", "Снимите ещё раз: в файле нет ни одного байта."),
        ("The file is empty", "Take the picture again: there is not a byte in the file."),
    ),
    "unfit-type": Kind(
        415,
        (
            "Такие файлы не принимаются",
            "Важно содержимое, а не имя. Подойдут JPEG, PNG, WebP и PDF; файл остался на планшете.",
        ),
        (
            "Files of this type are not taken",
            "What counts is the content, not the name. JPEG, PNG, WebP and PDF will do; the file stays on the tablet.",
        ),
    ),
    "damaged-file": Kind(
        422,
        ("Файл повреждён или обрезан", "Откройте его на планшете; если не открывается, снимите ещё раз."),
        ("The file is damaged or cut short", "Open it on the tablet; if that fails, take the picture again."),
    ),
    "unreadable-seal": Kind(
        422,
        (
            "Запечатанный файл не открылся",
            "Он повреждён или запечатан для другого сервера. Отправьте заново или откройте планшет и сдайте его.",
        ),
        (
            "The sealed file did not open",
            "It is damaged, or sealed to another server. Send it anew, or unlock the tablet and hand it in.",
        ),
    ),
    "wrong-hash": Kind(
        422,
        ("Принятое не сходится с контрольной суммой", "Ничего не сохранено. Отправьте файл заново с начала."),
        ("What came is not what its hash names", "Nothing of it was kept. Send the file anew from its beginning."),
    ),
    "wrong-checksum": Kind(
        460,
        ("Часть файла повреждена в пути", "Она отброшена целиком. Отправьте её ещё раз с того же места."),
        ("A chunk was damaged on its way", "It was discarded whole. Send it again from the same offset."),
    ),
    "wrong-offset": Kind(
        409,
        ("Часть файла не с того места", "Узнайте место запросом HEAD и продолжайте с него."),
        ("The chunk does not begin where the upload stands", "Ask with HEAD where it stands and go on from there."),
    ),
    "wrong-version": Kind(
        412,
        ("Неизвестная версия tus", "Нужен заголовок Tus-Resumable: 1.0.0."),
        ("Unknown version of tus", "The header Tus-Resumable: 1.0.0 is wanted."),
    ),
    "upload-gone": Kind(
        410,
        ("Отправка прервана или устарела", "Начните её заново; файл остался на планшете."),
        ("The upload was ended or has expired", "Begin it anew; the file stays on the tablet."),
    ),
    "over-quota": Kind(
        403,
        ("Планшет исчерпал своё место на сервере", "Файлы остались на планшете. Позвоните администратору."),
        ("This tablet has used up its space on the server", "The files stay on the tablet. Call the administrator."),
    ),
    "no-space": Kind(
        507,
        ("На сервере нет места для файлов", "Записи сданы, файлы подождут на планшете. Сообщите администратору."),
        ("The server has no room for files", "Records are safe, files wait on the tablet. Tell the administrator."),
    ),
    "wrong-range": Kind(
        416,
        ("Такой части у файла нет", "Запросите файл целиком."),
        ("The file has no such part", "Ask for the whole of it."),
    ),
    "too-old": Kind(
        426,
        ("Приложение планшета устарело", "Записи сдать можно, получить данные нельзя: обновите приложение."),
        ("The tablet's app is too old", "It may still push and cannot read: update the app."),
    ),
    "too-many": Kind(
        429,
        ("Слишком много попыток", "Подождите, сколько сказано в ответе, и попробуйте ещё раз."),
        ("Too many tries", "Wait as long as this answer says and try again."),
    ),
    "busy": Kind(
        503,
        ("Сервер занят", "Записи приняты и сохранены; повторите синхронизацию через минуту."),
        ("The server is busy", "The records are stored; sync again in a minute."),
    ),
    "closed": Kind(
        503,
        (
            "Сервер восстановлен и пока не выдаёт данные",
            "Сдавать записи можно, они сохраняются. Получать данные — когда администратор откроет сервер.",
        ),
        (
            "The server was restored and serves no data yet",
            "It takes and keeps what you hand in. Pull again when the administrator has opened the server.",
        ),
    ),
    "failed": Kind(
        500,
        ("Ошибка сервера", "Записи на планшете целы. Повторите позже; номер ошибки поможет администратору."),
        ("The server failed", "Records on the tablet are safe. Try again later; the error id helps the administrator."),
    ),
}


class Problem(Exception):
    """Refuses the whole request. ``more``: extra members of the answer, e.g. limits or errors by field."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


def language() -> str:
    """The request's language, Russian unless English is preferred."""
    return request.accept_languages.best_match(LANGUAGES, "ru")


def response(code: str, more: dict[str, Any] | None = None) -> Response:
    """The problem as application/problem+json, counted."""
    kind = KINDS[code]
    lang = language()
    title, detail = kind.en if lang == "en" else kind.ru
    body = {"type": TYPE + code, "title": title, "status": kind.status, "detail": detail} | (more or {})
    metrics.REFUSALS.labels(code=code).inc()
    answer = Response(orjson.dumps(body), kind.status, content_type=MIME)
    answer.headers["Content-Language"] = lang
    if code == "unauthorized":
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
