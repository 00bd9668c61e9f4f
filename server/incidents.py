"""The draft of the notice that an operator of personal data sends to Roskomnadzor when a tablet was lost.

152-ФЗ, art. 21, part 3.1: the first notice within 24 hours, the results of the inquiry within 72.
The notice is a Russian paper whatever language the page has. What the register cannot know is left as a blank to fill.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template_string

NOTICE = """\
В Роскомнадзор: уведомление о факте неправомерной или случайной передачи
(предоставления, распространения, доступа) персональных данных
(ч. 3.1 ст. 21 Федерального закона от 27.07.2006 № 152-ФЗ). ПРОЕКТ

1. Оператор: ______________________ ИНН ____________ Адрес: ______________________
2. Инцидент: утрата планшета «{{ tablet.name }}» бригады «{{ tablet.team or "—" }}» (номер устройства {{ tablet.id }}).
   Выявлен: {{ found }}. Последняя связь планшета с сервером: {{ last }}.
3. Содержание базы на планшете: сведения о семьях, которым оказывается социальная помощь.
   Семей: {{ held.total }}. Людей в них: {{ held.people }}, из них детей: {{ held.children }}, \
людей с инвалидностью: {{ held.disabled }}.
   Категории персональных данных: фамилия, имя, отчество, дата рождения, адрес, телефон, СНИЛС и документы,
   состав семьи, доход; специальные категории: сведения о состоянии здоровья (инвалидность).
   Данные получены планшетом с {{ first }} по {{ latest }}.
4. Предполагаемая причина: {{ reason or "______________________" }}.
5. Предполагаемый вред: ______________________
   Данные открываются только действующим планшетом: срок чтения без связи {{ lease }}.
6. Принятые меры: {{ measures }}
   Дальнейшие меры: ______________________
7. Лицо, уполномоченное взаимодействовать с Роскомнадзором: ______________________ тел. ______________

Срок первого уведомления: 24 часа с выявления; результаты внутреннего расследования: 72 часа.
"""


def notice(tablet: Any, held: Any, zone: ZoneInfo, now: int, reason: str | None) -> str:
    """The draft, of a tablet (reading.tablets) and what it held (reading.incident). Times are the region's."""
    return render_template_string(
        NOTICE,
        tablet=tablet,
        held=held,
        found=_moment(now, zone),
        last=_moment(tablet.last_contact, zone),
        first=_moment(held.first_read, zone),
        latest=_moment(held.last_read, zone),
        lease=f"{'истёк' if (tablet.lease_until or 0) < now else 'истекает'} {_moment(tablet.lease_until, zone)}",
        measures=_measures(tablet, zone),
        reason=reason,
    )


def _measures(tablet: Any, zone: ZoneInfo) -> str:
    if not tablet.revoked_at:
        return "доступ планшета НЕ ОТОЗВАН."
    done = f"доступ планшета отозван {_moment(tablet.revoked_at, zone)}"
    return (
        f"{done}; планшет подтвердил стирание {_moment(tablet.drained_at, zone)}." if tablet.drained_at else f"{done}."
    )


def _moment(ms: int | None, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).strftime("%d.%m.%Y %H:%M") if ms else "—"
