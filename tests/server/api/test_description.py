"""Requests made from the OpenAPI description alone, fitting and not: never a 500, no answer that it does not name."""

from __future__ import annotations

import time
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import APIOperation

from tests.support.runs import Run
from tests.support.world import Tablet, World, make_app

ORDINARY_SECONDS, PROVE_SECONDS = 60, 600
EXAMPLES = 8
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CONFORMANCE = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")  # tus's name for bytes


@pytest.fixture
def tablet(sqlite_url: str, tmp_path: Path) -> Tablet:
    return World(make_app(sqlite_url, tmp_path)).tablet()


@pytest.mark.proof
def test_whatever_is_asked_the_answer_is_one_that_the_description_names(tablet: Tablet, run: Run) -> None:
    load_all_checks()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", tablet.world.app)
    operations = [found.ok() for found in schema.get_all_operations()]
    deadline = time.monotonic() + (PROVE_SECONDS if run.prove else ORDINARY_SECONDS)
    answers: Counter[str] = Counter()
    tries = 0
    while time.monotonic() < deadline or not tries:
        for operation, mode in product(operations, MODES):
            if mode is GenerationMode.NEGATIVE and not says_anything(operation):
                continue
            ask(operation, mode, run.seed + tries, tablet, answers)
        tries += 1
    print(f"seed {run.seed}: {sum(answers.values())} requests: {dict(sorted(answers.items()))}")
    assert {operation.label for operation in operations} == {answer.rsplit(" ", 1)[0] for answer in answers}


def says_anything(operation: APIOperation) -> bool:
    """Whether a request of this kind has anything that could be wrong."""
    return bool(operation.query or operation.body)


def ask(operation: APIOperation, mode: GenerationMode, number: int, tablet: Tablet, answers: Counter[str]) -> None:
    """A few requests of one kind; schemathesis checks status, type and shape of each answer."""

    @seed(number)
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], database=None, suppress_health_check=HealthCheck)
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: schemathesis.Case) -> None:
        answer = case.call(headers=tablet.headers | {"Accept-Encoding": "identity"})
        answers[f"{operation.label} {answer.status_code}"] += 1
        case.validate_response(answer, checks=CHECKS.get_by_names(CONFORMANCE))

    once()
