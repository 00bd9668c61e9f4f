"""Objects and lists of other fields, and the two kinds of list that merge: sets and logs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Unpack

from marshmallow import ValidationError
from msgspec import UNSET, Meta, UnsetType, defstruct

from schemas.digest import canonical
from schemas.fields.base import Field, Options
from schemas.kinds import Kind, identity
from schemas.messages import echo, refuse


class Obj(Field):
    """An object with fixed keys. It is one value: keys do not merge, and the required ones must be there."""

    type = "object"

    def __init__(self, fields: Mapping[str, Field], **options: Unpack[Options]) -> None:
        options.setdefault("example", {key: field.example for key, field in fields.items()})
        super().__init__(**options)
        self.fields = dict(fields)

    def read(self, value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise refuse("type.object")
        result: dict[str, Any] = {}
        errors: dict[str, Any] = {echo(key): ["unknown_field"] for key in value if key not in self.fields}
        for key, field in self.fields.items():
            given = value.get(key)
            try:
                if given is not None:
                    result[key] = field.read(given)
                elif field.required:
                    raise refuse("missing")
            except ValidationError as error:
                errors[key] = error.messages
        if errors:
            raise ValidationError(errors)
        return result

    @property
    def plain(self) -> Any:
        typed = [_member(key, field) for key, field in self.fields.items()]
        return defstruct("Plain", typed, kw_only=True, forbid_unknown_fields=True)

    @property
    def is_told(self) -> bool:
        return all(field.is_told for field in self.fields.values())

    def normal_form(self) -> Callable[[Any], Any]:
        forms = {key: field.normal_form() for key, field in self.fields.items()}
        if all(form is identity for form in forms.values()):
            return identity
        return lambda value: value and {key: forms[key](inner) for key, inner in value.items()}

    def children(self) -> Mapping[str, Field]:
        return self.fields

    def describe(self, path: str) -> dict[str, Any]:
        inner = {key: field.describe(f"{path}.{key}") for key, field in self.fields.items()}
        return super().describe(path) | {"fields": inner}


def _member(key: str, field: Field) -> tuple[Any, ...]:
    """A key of an object for msgspec. An absent one is no null: null would be left out."""
    return (key, field.plain) if field.required else (key, field.plain | UnsetType, UNSET)


class ListOf(Field):
    """A list that is one value."""

    type = "list"

    def __init__(self, inner: Field, *, max_items: int = 1000, **options: Unpack[Options]) -> None:
        options.setdefault("example", [inner.example])
        super().__init__(**options)
        self.inner = inner
        self.max_items = max_items

    def read(self, value: Any) -> list[Any]:
        if type(value) is not list:
            raise refuse("type.list")
        if len(value) > self.max_items:
            raise refuse("too_many", self.max_items)
        result: list[Any] = []
        errors: dict[int, Any] = {}
        for place, item in enumerate(value):
            try:
                result.append(self.inner.deserialize(item))
            except ValidationError as error:
                errors[place] = error.messages
        if errors:
            raise ValidationError(errors)
        return result

    def terms(self, value: list[Any]) -> list[str]:
        return [term for item in value for term in self.inner.terms(item)]

    @property
    def plain(self) -> Any:
        items: Any = list.__class_getitem__(self.inner.plain)
        return Annotated[items, Meta(max_length=self.max_items)]

    @property
    def is_told(self) -> bool:
        return self.inner.is_told

    def children(self) -> Mapping[str, Field]:
        return {"": self.inner}

    def describe(self, path: str) -> dict[str, Any]:
        return super().describe(path) | {"items": self.inner.describe(path), "max_items": self.max_items}


class LogOf(ListOf):
    """Entries that stay for ever; an op adds some."""

    implied = Kind.LOG


class SetOf(ListOf):
    """A set; an op adds and removes elements. Equal ones, by the normal form of what it holds, are one."""

    implied = Kind.SET

    def read(self, value: Any) -> list[Any]:
        elements = super().read(value)
        if len(elements) < 2:
            return elements
        normal = self.normal_form()
        distinct: dict[bytes, Any] = {}
        for element in elements:
            distinct.setdefault(canonical(normal(element)), element)
        return list(distinct.values())

    @property
    def is_told(self) -> bool:
        return False

    def stands(self, value: Any) -> bool:
        return (len(value) < 2 and self.inner.is_told) or super().stands(value)

    def normal_form(self) -> Callable[[Any], Any]:
        return self.inner.normal_form()
