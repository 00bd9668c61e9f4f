"""Our own strict field classes. Record types never use marshmallow's: they take "yes" for true, 5.7 for 5."""

from __future__ import annotations

from schemas.fields.base import Field, Label, bilingual
from schemas.fields.choices import Code, Enum, States
from schemas.fields.composites import ListOf, LogOf, Obj, SetOf
from schemas.fields.dates import Date, DateTime, PartialDate
from schemas.fields.identifiers import BirthCertificate, Enp, Inn, Oktmo, Passport, PersonName, Phone, Snils
from schemas.fields.scalars import Bool, Counter, Int, Num, Ref, Str, Text, Uuid

__all__ = [
    "BirthCertificate",
    "Bool",
    "Code",
    "Counter",
    "Date",
    "DateTime",
    "Enp",
    "Enum",
    "Field",
    "Inn",
    "Int",
    "Label",
    "ListOf",
    "LogOf",
    "Num",
    "Obj",
    "Oktmo",
    "PartialDate",
    "Passport",
    "PersonName",
    "Phone",
    "Ref",
    "SetOf",
    "Snils",
    "States",
    "Str",
    "Text",
    "Uuid",
    "bilingual",
]
