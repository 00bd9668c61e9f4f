"""What both clients of the protocol must compute alike, made by the Python side.

`python -m tests.client_stub.golden` writes tests/golden/tablet.json, which test_golden.py keeps true and Vitest
reads.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from marshmallow import ValidationError

from client_stub.view import lay_over, rules_of
from schemas import checks, receipts
from schemas.clock import pack
from schemas.digest import canonical, record_digest, sha256_hex
from schemas.text import fold, stems

FILE = Path(__file__).resolve().parents[1] / "golden" / "tablet.json"

DEVICE = "01980000-0000-7000-8000-00000000000d"
FAMILY = "01980000-0000-7000-8000-0000000000fa"
VALUES: list[Any] = [
    {"b": 1, "a": [True, False, None], "я": "ё", "A": {}},
    {"number": 0.1, "whole": 5.0, "small": 1e-7, "big": 1e21, "minus": -0.0, "integer": 9007199254740991},
    {"text": 'кавычки " и \\ и \n и \u0001 и 🙂', "\U0001f642": 1, "\ufb33": 2},
]
TEXTS = [
    "Королёва Алёна, ул. Мира, д. 1",
    "пособие пособия пособиями",
    "Иванова-Петрова О'Коннор",
    "многодетные семьи, опека",
    "ул. Набережная 5А",
    "  Ёлкина   НАТАЛЬЯ ",
    "печь дымит: нужны дрова",
    "Здоровая семья № 15/2014",
]
CHECKED = {
    "snils": ["112-233-445 95", "087-654-303 00", "104-161-451 00", "222-313-058 00", "200-000-000 18",
              "112-233-445 96", "001-001-999 00", "000-000-000 00", "112233445"],
    "enp": ["5300000000000014", "5800840853123453", "5800840853123454", "0000000000000000", "58008408"],
    "passport": ["12 05 123456", "1205 № 123456", "12 05 12345"],
    "birth_certificate": ["II-АБ № 123456", "IV-КВ 654321", "II-AB № 123456", "123456"],
    "person_name": ["О'Коннор", "Я", "Сулейман оглы", "Мамин-Сибиряк", "Иванoва", "Smith", "Иванов 2"],
    "phone": ["8 (911) 123-45-67", "+7 911 123-45-67", "9111234567", "7123", "+7911123456"],
}  # fmt: skip


def golden() -> dict[str, Any]:
    """Everything, as the file holds it."""
    return {
        "stamps": [
            {"ms": ms, "counter": n, "stamp": pack(ms, n)} for ms, n in ((0, 0), (1_767_225_600_123, 0), (5, 65535))
        ],
        "canonical": [_canonical(value) for value in VALUES],
        "digests": [{"id": FAMILY, "rev": rev, "hex": f"{record_digest(FAMILY, rev):064x}"} for rev in (1, 17)],
        "receipt": _receipt(),
        "overlay": _overlay(),
        "text": [{"text": text, "fold": fold(text), "stems": stems(text)} for text in TEXTS],
        "checks": [_checked(name, text) for name, texts in CHECKED.items() for text in texts],
    }


def _canonical(value: Any) -> dict[str, Any]:
    text = canonical(value)
    return {"json": json.dumps(value, ensure_ascii=False), "canonical": text.decode(), "sha256": sha256_hex(text)}


def _op(number: int, **parts: Any) -> dict[str, Any]:
    return {
        "op": f"01980000-0000-7000-8000-0000000000{number:02}",
        "type": "visit",
        "id": "01980000-0000-7000-8000-0000000000aa",
        "seq": number,
        "epoch": "5f1c09ab",
        "base": 0,
        "at": pack(1_767_225_600_000 + number, 0),
        "schema": 2,
        "by": DEVICE,
    } | parts


def _receipt() -> dict[str, Any]:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    ops = [_op(2, set={"purpose": "Проверить, как семья переехала 🙂"}), _op(1, add={"needs": ["food"]}, inc={"x": 3})]
    decided = list(zip(ops, ("applied", "quarantined"), strict=True))
    payload = canonical(receipts.statement(DEVICE, decided))
    signed = jwt.PyJWS().encode(payload, key, receipts.ALGORITHM, headers={"kid": "0123456789abcdef"})
    public = jwt.utils.base64url_encode(raw).decode()
    return {"key": public, "device": DEVICE, "decided": decided, "payload": payload.decode(), "receipt": signed}


def _overlay() -> dict[str, Any]:
    entry = {"op": "0", "i": 0, "at": pack(1, 0), "by": None, "value": "Первая"}
    fields = {"family": FAMILY, "result": "held", "needs": ["food", "money"], "notes": [entry], "purpose": "Старая"}
    ops = [
        _op(1, set={"result": {"from": "held", "to": "refused"}, "purpose": None}, add={"needs": ["legal", "food"]}),
        _op(2, remove={"needs": ["money"]}, add={"notes": ["Вторая", "Третья"]}),
        _op(3, set={"kind": "control"}),
    ]
    rules = rules_of("visit")
    kinds = {name: rules[name].kind for name in ("family", "result", "needs", "notes", "purpose", "kind")}
    return {"kinds": kinds, "fields": fields, "ops": ops, "shown": lay_over(fields, ops, rules)}


def _checked(name: str, text: str) -> dict[str, Any]:
    try:
        getattr(checks, name)(text)
    except ValidationError as error:
        return {"check": name, "text": text, "code": error.messages[0]}
    return {"check": name, "text": text, "code": None}


def text() -> str:
    """The file's text."""
    return json.dumps(golden(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
