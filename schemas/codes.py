"""Code lists: values that a region may change, with labels and validity dates. These are the defaults.

A list's value is never removed, only dated out with `to`: ops written before then still carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

_LAW_442 = "2015-01-01"  # the day 442-ФЗ came into force


def code_list(values: Iterable[tuple[str, str, str]], since: str | None = None) -> list[dict[str, Any]]:
    """A code list as it is on the wire, from (value, Russian, English)."""
    dates = {"from": since, "to": None}
    return [{"value": value, "label": {"ru": ru, "en": en}} | dates for value, ru, en in values]


def values_of(name: str) -> Iterator[str]:
    """The values of the code list `name`, valid today or not; none if there is no such list."""
    return (entry["value"] for entry in CODES.get(name, ()))


CODES: dict[str, list[dict[str, Any]]] = {
    "circumstances": code_list(
        (
            ("1", "Утрата способности к самообслуживанию", "Loss of the ability to care for oneself"),
            ("2", "Инвалид, нуждающийся в постоянном уходе", "A disabled member needing constant care"),
            ("3", "Ребёнок с трудностями в социальной адаптации", "A child with difficulties of adaptation"),
            ("4", "Нет ухода за инвалидом или ребёнком", "No care for a disabled person or a child"),
            ("5", "Внутрисемейный конфликт, зависимость, насилие", "Conflict, addiction or violence"),
            ("6", "Отсутствие определённого места жительства", "No fixed residence"),
            ("7", "Отсутствие работы и средств к существованию", "No work and no means of subsistence"),
            ("8", "Иные обстоятельства по акту региона", "Other circumstances by a regional act"),
        ),
        since=_LAW_442,
    ),
    "services": code_list(
        (
            ("household", "Социально-бытовые", "Household"),
            ("medical", "Социально-медицинские", "Medical"),
            ("psychological", "Социально-психологические", "Psychological"),
            ("pedagogical", "Социально-педагогические", "Pedagogical"),
            ("labour", "Социально-трудовые", "Labour"),
            ("legal", "Социально-правовые", "Legal"),
            ("communicative", "Услуги для повышения коммуникативного потенциала", "Communicative"),
            ("urgent", "Срочные социальные услуги", "Urgent"),
        ),
        since=_LAW_442,
    ),
    "escort_levels": code_list(
        (
            ("adaptation", "Адаптационный", "Adaptation"),
            ("basic", "Базовый", "Basic"),
            ("crisis", "Кризисный", "Crisis"),
            ("emergency", "Экстренный", "Emergency"),
        ),
    ),
    "needs": code_list(
        (
            ("food", "Продукты питания", "Food"),
            ("clothing", "Одежда и обувь", "Clothing and shoes"),
            ("child_goods", "Детские вещи и принадлежности", "Goods for children"),
            ("money", "Материальная помощь", "Financial aid"),
            ("benefits", "Оформление пособий и льгот", "Applying for benefits"),
            ("documents", "Восстановление документов", "Restoring papers"),
            ("housing", "Жильё и ремонт", "Housing and repairs"),
            ("heating", "Топливо и отопление", "Fuel and heating"),
            ("medical", "Медицинская помощь", "Medical help"),
            ("rehabilitation", "Реабилитация и технические средства", "Rehabilitation and aids"),
            ("psychological", "Помощь психолога", "A psychologist's help"),
            ("addiction", "Лечение зависимости", "Treatment of addiction"),
            ("legal", "Юридическая помощь", "Legal help"),
            ("school", "Детский сад, школа, учёба", "Kindergarten, school, studies"),
            ("work", "Трудоустройство", "Finding work"),
            ("leisure", "Отдых и занятия для детей", "Holidays and activities for children"),
            ("other", "Другое", "Other"),
        ),
    ),
}
