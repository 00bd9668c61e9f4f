"""The catalogue of refusals: a code that programs compare and, for people, a sentence in Russian and English.

Every check in this room refuses with a code, never with prose: `name` or `name|argument|argument`. The
sentence is chosen where it is shown, in the reader's language, with the arguments filled in.
"""

from __future__ import annotations

from marshmallow import ValidationError

Errors = dict[str, list[str]]
"""Dotted path of a value in the op → the codes of what is wrong with it."""


def refuse(code: str, *arguments: object) -> ValidationError:
    """The error to raise for `code`, which is one of `MESSAGES`."""
    return ValidationError("|".join((code, *map(str, arguments))))


def say(code: str, lang: str) -> str:
    """The sentence for a code in Russian (`ru`) or else English. An unknown code is shown as it is."""
    name, *arguments = code.split("|")
    if name not in MESSAGES:
        return code
    russian, english = MESSAGES[name]
    return (russian if lang == "ru" else english).format(*arguments)


def echo(name: str) -> str:
    """A name that the author of an op made up, fit to be shown back: cut, and without lone surrogates."""
    return name[:80].encode("utf-8", "backslashreplace").decode("utf-8")


MESSAGES: dict[str, tuple[str, str]] = {
    # the op itself
    "failed": (
        "Запись сохранена, но сервер не смог её обработать. Номер ошибки: {0}.",
        "The op is kept, but the server failed to process it. Error id: {0}.",
    ),
    "mends.unknown": (
        "Исправляемая операция не найдена.",
        "The op to be mended was not found.",
    ),
    "missing": ("Не заполнено.", "Missing."),
    "null": ("Это поле нельзя очистить.", "This field cannot be cleared."),
    "op_reused": (
        "Операция с таким номером уже принята с другим содержанием.",
        "An op with this id was already received with other content.",
    ),
    "too_large": ("Запись больше {0} байт: сократите её.", "The op is larger than {0} bytes: shorten it."),
    "unknown_field": ("Такого поля в записи нет.", "The record has no such field."),
    "unknown_key": ("Неизвестный ключ операции.", "Unknown key of an op."),
    "unknown_type": ("Неизвестный вид записи.", "Unknown record type."),
    "unreadable": ("Операцию не удалось прочитать.", "The op could not be read."),
    "over.alone": (
        "Операция с over меняет ровно одно поле.",
        "An op with `over` writes exactly one field.",
    ),
    "schema.newer": (
        "Планшет новее сервера (схема сервера {0}): запись применят после обновления сервера.",
        "The tablet is newer than the server (whose schema is {0}): the op waits for the server's update.",
    ),
    "sealed.unreadable": (
        "Запечатанную операцию не удалось открыть.",
        "The sealed op could not be opened.",
    ),
    "type.differs": (
        "Под этим номером уже есть запись другого вида.",
        "A record of another type has this id already.",
    ),
    "void.office": (
        "Отменять операции может только офис.",
        "Only the office voids ops.",
    ),
    "worker.foreign": (
        "Этот специалист не из бригады планшета.",
        "This worker does not belong to the tablet's team.",
    ),
    "wrong_part": ("Это поле записывается в части «{0}».", 'This field is written in the part "{0}".'),
    # the form of a value
    "epoch": ("Эпоха: восемь шестнадцатеричных цифр.", "An epoch is eight hex digits."),
    "feed": (
        "Лента: территория, team:ID, case:ID или reference.",
        "A feed is a territory, team:ID, case:ID or reference.",
    ),
    "stamp": ("Отметка времени: 16 шестнадцатеричных цифр.", "A stamp is 16 hex digits."),
    "type.boolean": ("Нужно «да» или «нет» (true, false).", "Must be true or false."),
    "type.date": ("Нужна дата: ГГГГ-ММ-ДД.", "Must be a date: YYYY-MM-DD."),
    "type.datetime": (
        "Нужны дата и время с часовым поясом: ГГГГ-ММ-ДДTчч:мм:сс+03:00.",
        "Must be a date and time with an offset: YYYY-MM-DDThh:mm:ss+03:00.",
    ),
    "type.integer": ("Нужно целое число.", "Must be an integer."),
    "type.list": ("Нужен список.", "Must be a list."),
    "type.name": ("Недопустимое имя вида записи.", "Not the name of a record type."),
    "type.number": ("Нужно число.", "Must be a number."),
    "type.object": ("Нужен объект с полями.", "Must be an object."),
    "type.partial_date": (
        "Нужна дата, хотя бы год: ГГГГ, ГГГГ-ММ или ГГГГ-ММ-ДД.",
        "Must be a date or at least a year: YYYY, YYYY-MM or YYYY-MM-DD.",
    ),
    "type.step": ('Нужен шаг: {{"from": …, "to": …}}.', 'Must be a step: {{"from": …, "to": …}}.'),
    "type.string": ("Нужен текст.", "Must be a text."),
    "type.uuid": ("Нужен идентификатор (UUID).", "Must be a UUID."),
    # the range of a value
    "future": ("Дата ещё не наступила.", "The date lies in the future."),
    "not_listed": ("Такого значения нет в списке.", "The value is not in the list."),
    "pattern": ("Значение записано не по образцу.", "The value does not match its pattern."),
    "range": ("Допустимо от {0} до {1}.", "Must be from {0} to {1}."),
    "range.max": ("Допустимо не больше {0}.", "Must be at most {0}."),
    "range.min": ("Допустимо не меньше {0}.", "Must be at least {0}."),
    "text.control": ("В тексте есть управляющие знаки.", "The text has control characters."),
    "text.nul": ("В тексте есть нулевой знак.", "The text has a NUL character."),
    "text.surrogate": ("В тексте есть повреждённый знак.", "The text has a broken character."),
    "too_long": ("Слишком длинно: не больше {0} знаков.", "Too long: at most {0} characters."),
    "too_many": ("Слишком много: не больше {0}.", "Too many: at most {0}."),
    "transition": ("Переход «{0}» → «{1}» недопустим.", 'The step "{0}" → "{1}" is not allowed.'),
    # what is unlikely, and kept all the same
    "doubt.missing": ("Обычно здесь что-то записано.", "Usually something is written here."),
    "doubt.whose": ("Укажите, чья это категория.", "Say whose category it is."),
    "doubt.long": ("Посещение длилось дольше суток.", "The visit took more than a day."),
    # identifiers, names, phones (domain, section 4)
    "birth_certificate.format": (
        "Обычный вид свидетельства о рождении: II-АБ № 123456.",
        "A birth certificate usually looks like II-АБ № 123456.",
    ),
    "enp.checksum": ("Контрольная цифра ЕНП не сходится.", "The ENP's check digit does not match."),
    "enp.format": ("ЕНП состоит из 16 цифр.", "An ENP has 16 digits."),
    "inn.checksum": ("Контрольные цифры ИНН не сходятся.", "The INN's check digits do not match."),
    "inn.format": ("ИНН состоит из 10 или 12 цифр.", "An INN has 10 or 12 digits."),
    "name.characters": (
        "В имени допустимы русские буквы, дефис, пробел и апостроф.",
        "A name has Cyrillic letters, hyphens, spaces and apostrophes.",
    ),
    "name.mixed": (
        "В имени смешаны русские и латинские буквы.",
        "The name mixes Cyrillic and Latin letters.",
    ),
    "oktmo.format": ("Код ОКТМО состоит из 8 или 11 цифр.", "An OKTMO code has 8 or 11 digits."),
    "oktmo.heading": (
        "Это заголовок раздела ОКТМО, а не территория.",
        "This OKTMO code is a heading, not a territory.",
    ),
    "passport.format": (
        "Серия и номер паспорта: 10 цифр, 99 99 999999.",
        "A passport has 10 digits: 99 99 999999.",
    ),
    "phone.extension": ("Добавочный номер запишите в заметку.", "Put the extension into a note."),
    "phone.format": ("Такого номера телефона не бывает.", "This is not a phone number."),
    "snils.checksum": ("Контрольное число СНИЛС не сходится.", "The SNILS check number does not match."),
    "snils.format": ("СНИЛС состоит из 11 цифр.", "A SNILS has 11 digits."),
}
