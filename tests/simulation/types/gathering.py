"""Something families come to together: a record type of the simulation's own, for the kinds that no other uses."""

from __future__ import annotations

from schemas.base import RecordType
from schemas.fields import Counter, Int, LogOf, Ref, SetOf, Str
from schemas.placement import WithParent


class Gathering(RecordType):
    class Meta:
        name = "gathering"
        title = ("Встреча", "Gathering")
        groups = (("main", "Основное", "Main"),)
        feed = WithParent("family")
        display = ("name",)

    family = Ref("family", merge="once", required=True, indexed=True, group="main", label=("Семья", "Family"))
    name = Str(merge="guarded", group="main", label=("Название", "Name"))
    attended = Counter(group="main", label=("Пришло", "Attended"))
    left = Counter(group="main", label=("Ушло", "Left"))
    longest = Int(merge="max", group="main", label=("Дольше всего, мин", "Longest, min"))
    shortest = Int(merge="min", group="main", label=("Меньше всего, мин", "Shortest, min"))
    games = SetOf(Str(), group="main", label=("Игры", "Games"))
    words = LogOf(Str(), group="main", label=("Отзывы", "Words"))
