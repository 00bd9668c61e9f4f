"""What the field client says of photographs and scans: Russian first, English second (words.py has the rest)."""

from __future__ import annotations

NOUNS = {"file": ("файл", "файла", "файлов", "file", "files")}

WORDS = {
    "trouble.no_such_visit": (
        "Посещение «{text}» на планшете не найдено. Возьмите конец номера посещения или фамилию семьи, у которой оно "
        "записано.",
        'No visit "{text}" on this tablet. Take the end of the visit\'s id, or the name of a family that has one.',
    ),
    "trouble.no_such_file": (
        "Файл {file} не прочитан: {reason}. Проверьте имя.",
        "The file {file} was not read: {reason}. Check its name.",
    ),
    "trouble.photo_type": (
        "«{file}» — не снимок и не скан: важно содержимое, а не имя. Подойдут JPEG, PNG, WebP и PDF.",
        '"{file}" is no picture and no scan: the content counts, not the name. JPEG, PNG, WebP and PDF will do.',
    ),
    "trouble.photo_gone": (
        "Файл пропал с планшета или изменён ({reason}). Запись о нём сдана; приложите снимок заново.",
        "The file has gone from the tablet or was changed ({reason}). Its record is handed in; attach it anew.",
    ),
    "trouble.file_refused": (
        "Сервер не принял файл ({said}). Он остался на планшете: сообщите администратору.",
        "The server did not take the file ({said}). It stays on the tablet: tell the administrator.",
    ),
    "photo.done": ("✔ Приложено к посещению …{visit}: {files}", "✔ Attached to the visit …{visit}: {files}"),
    "photo.waiting": (
        "Ждёт отправки: {files}, {size}. Когда будет связь: vyezd-tablet sync",
        "Waiting to be sent: {files}, {size}. When there is a connection: vyezd-tablet sync",
    ),
    "photo.mib": ("{number} МиБ", "{number} MiB"),
    "photos.handed_in": ("✔ Фото сданы: {files}.", "✔ Photos are handed in: {files}."),
    "photos.left": (
        "Фото сданы не все: осталось {files}, {size}. Они на планшете, повторите: vyezd-tablet sync",
        "Not all photos are handed in: {files} left, {size}. They are on the tablet, try again: vyezd-tablet sync",
    ),
    "photos.refused": (
        "✗ Файл к записи …{id} не принят. {text}",
        "✗ The file of the record …{id} was not taken. {text}",
    ),
    "records.handed_in": ("✔ Записи сданы.", "✔ Records are handed in."),
    "progress.photos": ("Фото", "Photos"),
    "progress.left": ("ещё около {time}", "about {time} left"),
    "progress.minutes": ("{number} мин", "{number} min"),
    "progress.seconds": ("{number} с", "{number} s"),
    "fleet.photos": ("Фото", "Photos"),
}
