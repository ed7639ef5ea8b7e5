"""The contract: what the document says is what the service does."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from architecture.source import ROOT
from reconciler.service.app import openapi
from service.contract_fuzz import fuzz

CONTRACT = openapi()


def test_the_contract_in_schemas_is_that_of_the_service() -> None:
    """``make docs`` writes it."""
    assert json.loads((ROOT / "schemas" / "openapi.json").read_text("utf-8")) == json.loads(json.dumps(CONTRACT))


def test_the_contract_is_openapi_3_1_and_names_every_answer() -> None:
    """Each operation has a sentence, a name of its own, and problems in their media type."""
    document = CONTRACT
    assert document["openapi"].startswith("3.1")
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert one["description"].endswith(".")
        for status, answer in one["responses"].items():
            assert int(status) < 400 or list(answer["content"]) == ["application/problem+json"]
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_all_but_the_health_of_the_service_needs_a_token() -> None:
    """As the contract says it, too."""
    open_paths = [
        path
        for path, methods in CONTRACT["paths"].items()
        for one in methods.values()
        if one.get("security") != [{"HTTPBearer": []}]
    ]
    assert open_paths == ["/v1/health"]


def test_generated_requests_find_no_violation_of_the_contract(tmp_path: Path) -> None:
    """All checks of schemathesis, stateful ones among them; `make fuzz-http` generates many more."""
    found = fuzz(tmp_path, "--max-examples", "1", "--phases", "examples,fuzzing,stateful", "--generation-deterministic")
    assert found.code == 0, found.words
    assert found.faults == []
    assert found.cases > 20
    assert max(found.statuses) < 500
