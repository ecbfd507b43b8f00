"""The bill of materials passes CycloneDX's own strict check and names what the log says was loaded."""

import json

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from averment.compliance.exports.ml_bom import Library, ml_bom
from averment.core.audit import EventType
from tests.compliance.exports.samples import leaf, leaves
from tests.compliance.samples import DATA, DIGEST

LIBRARIES = (Library(name="Zope_Interface", version="1"), Library(name="haystack-ai", version="3.4.0"))


def bom(libraries: tuple[Library, ...] = LIBRARIES) -> bytes:
    return ml_bom(leaves(), libraries=libraries, root="ab" * 32)


def test_it_passes_the_strict_check_of_the_format() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bom().decode()) is None


def test_a_wrong_field_would_not_pass() -> None:
    broken = json.loads(bom()) | {"components": [{"type": "nonsense", "name": "x"}]}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(broken)) is not None


def test_models_are_those_that_were_loaded_last_with_the_digest_of_their_weights() -> None:
    later = leaf(40, EventType.MODEL_LOADED)
    later["data"] = DATA[EventType.MODEL_LOADED] | {"revision": "later"}
    told = json.loads(ml_bom([*leaves(), later], libraries=LIBRARIES, root="ab" * 32))
    (model,) = [item for item in told["components"] if item["type"] == "machine-learning-model"]
    assert (model["name"], model["version"]) == ("Qwen/Qwen3-8B", "later")
    assert model["hashes"] == [{"alg": "SHA-256", "content": DIGEST.removeprefix("sha256:")}]
    assert {"name": "averment:log_entry", "value": "40"} in model["properties"]


def test_libraries_have_package_addresses_in_order_and_the_same_state_gives_the_same_bytes() -> None:
    told = json.loads(bom())
    addresses = [item["purl"] for item in told["components"] if item["type"] == "library"]
    assert addresses == ["pkg:pypi/zope-interface@1", "pkg:pypi/haystack-ai@3.4.0"]
    assert bom() == bom(LIBRARIES[::-1])
    assert told["metadata"]["timestamp"] == leaves()[-1]["time"]
