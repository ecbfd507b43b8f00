"""Checks made from JSON Schemas, for the few keywords the event schemas use; about ten times faster than interpreting.

`compile_check` and `compile_keying` turn a schema into a function. A keyword they do not know is an error when the
schema is compiled, never ignored. A failure names the place and what was expected, never the value: it may be content.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

Schema = Mapping[str, object]
Check = Callable[[object], str | None]
Keyer = Callable[[str, str], str]
Keying = Callable[[object, Keyer], object]

DEFINITIONS_ID: Final = "urn:averment:schema:definitions"
KEYED: Final = "x-averment-keyed"
_IGNORED: Final = {"$schema", "$id", "title", "description", "$defs", KEYED}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


class SchemaCompiler:
    """Compiles schemas that refer to each other by absolute `$ref`; only the definitions refer to themselves.

    Args:
        documents: Schemas by their `$id`.
    """

    def __init__(self, documents: Mapping[str, Schema]):
        self._documents = documents

    def compile_check(self, schema: Schema, place: str) -> Check:
        """Return a function that gives None for a valid value, else what is wrong and where."""
        makers: dict[str, Callable[[Schema, str], Check]] = {
            "$ref": self._ref,
            "anyOf": self._any_of,
            "const": _const,
            "enum": _enum,
            "type": _type,
            "pattern": _pattern,
            "minimum": _minimum,
            "maximum": _maximum,
            "maxItems": _max_items,
            "items": self._items,
            "properties": self._properties,
        }
        known = {*makers, *_IGNORED, "required", "additionalProperties"}
        unknown = set(schema) - known
        if unknown:
            raise ValueError(f"{place}: the schema uses {sorted(unknown)}, which no check is known for")
        thorough = _all([make(schema, place) for keyword, make in makers.items() if keyword in schema])
        return _quick(schema, thorough) or thorough

    def compile_keying(self, schema: Schema) -> Keying | None:
        """Return a function that replaces the texts a schema marks as keyed by their digests; None if it marks none."""
        if KEYED in schema:
            mode = str(schema[KEYED])
            return lambda value, keyer: keyer(mode, value) if isinstance(value, str) else value
        if "$ref" in schema:
            return self.compile_keying(self._resolve(str(schema["$ref"])))
        if "anyOf" in schema:
            options = [self.compile_keying(option) for option in _schemas(schema["anyOf"])]
            return next((option for option in options if option is not None), None)
        if "items" in schema:
            return self._key_items(cast("Schema", schema["items"]))
        return self._key_properties(cast("Mapping[str, Schema]", schema.get("properties", {})))

    def _key_items(self, schema: Schema) -> Keying | None:
        item = self.compile_keying(schema)
        if item is None:
            return None
        return lambda value, keyer: [item(entry, keyer) for entry in value] if isinstance(value, list) else value

    def _key_properties(self, properties: Mapping[str, Schema]) -> Keying | None:
        compiled = {name: self.compile_keying(schema) for name, schema in properties.items()}
        keyings = {name: keying for name, keying in compiled.items() if keying is not None}
        if not keyings:
            return None

        def key(value: object, keyer: Keyer) -> object:
            if not isinstance(value, dict):
                return value
            return {name: keyings[name](entry, keyer) if name in keyings else entry for name, entry in value.items()}

        return key

    def _resolve(self, reference: str) -> Schema:
        document, _, pointer = reference.partition("#")
        found: object = self._documents[document or DEFINITIONS_ID]
        for part in pointer.strip("/").split("/"):
            found = cast("Schema", found)[part]
        return cast("Schema", found)

    def _ref(self, schema: Schema, place: str) -> Check:
        return self.compile_check(self._resolve(str(schema["$ref"])), place)

    def _any_of(self, schema: Schema, place: str) -> Check:
        options = [self.compile_check(option, place) for option in _schemas(schema["anyOf"])]

        def check(value: object) -> str | None:
            problem = None
            for option in options:
                problem = option(value)
                if problem is None:
                    return None
            return f"{problem} (or another allowed form)"

        return check

    def _items(self, schema: Schema, place: str) -> Check:
        item = self.compile_check(cast("Schema", schema["items"]), f"{place}[]")

        def check(value: object) -> str | None:
            for entry in cast("list[object]", value):
                problem = item(entry)
                if problem is not None:
                    return problem
            return None

        return check

    def _properties(self, schema: Schema, place: str) -> Check:
        properties = cast("Mapping[str, Schema]", schema["properties"])
        checks = {name: self.compile_check(part, f"{place}.{name}") for name, part in properties.items()}
        required = frozenset(cast("Sequence[str]", schema.get("required", ())))
        if schema.get("additionalProperties") is not False:
            raise ValueError(f"{place}: the schema must close its object with additionalProperties: false")

        def check(value: object) -> str | None:
            members = cast("dict[str, object]", value)
            if not required <= members.keys():
                return f"{place} lacks {', '.join(sorted(required - members.keys()))}"
            for name, member in members.items():
                if name not in checks:
                    return f"{place} has the field {name!r}, which its schema does not know"
                problem = checks[name](member)
                if problem is not None:
                    return problem
            return None

        return check


def _quick(schema: Schema, thorough: Check) -> Check | None:
    """Return one test in place of several for the two most frequent kinds of value; the thorough check explains."""
    keywords = set(schema) - _IGNORED
    if keywords == {"type", "pattern"} and schema["type"] == "string":
        fullmatch = re.compile(str(schema["pattern"])).fullmatch
        return lambda value: None if type(value) is str and fullmatch(value) else thorough(value)
    if keywords == {"type", "minimum", "maximum"} and schema["type"] == "integer":
        low, high = cast("int", schema["minimum"]), cast("int", schema["maximum"])
        return lambda value: None if type(value) is int and low <= value <= high else thorough(value)
    return None


def _all(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(value: object) -> str | None:
        for part in checks:
            problem = part(value)
            if problem is not None:
                return problem
        return None

    return check


def _schemas(value: object) -> list[Schema]:
    return list(cast("Sequence[Schema]", value))


def _const(schema: Schema, place: str) -> Check:
    return _enum({"enum": [schema["const"]]}, place)


def _enum(schema: Schema, place: str) -> Check:
    allowed = cast("Sequence[str]", schema["enum"])
    names = ", ".join(repr(value) for value in allowed)
    return lambda value: None if isinstance(value, str) and value in allowed else f"{place} is none of {names}"


def _type(schema: Schema, place: str) -> Check:
    name = str(schema["type"])
    types = _TYPES[name]

    def check(value: object) -> str | None:
        # To Python a bool is an integer, to JSON it is not.
        fits = type(value) in types
        return None if fits else f"{place} is a {type(value).__name__}, expected {name}"

    return check


def _pattern(schema: Schema, place: str) -> Check:
    pattern = str(schema["pattern"])
    fullmatch = re.compile(pattern).fullmatch
    return lambda value: None if fullmatch(cast("str", value)) else f"{place} does not match {pattern}"


def _minimum(schema: Schema, place: str) -> Check:
    limit = cast("int", schema["minimum"])
    return lambda value: None if cast("int", value) >= limit else f"{place} is below {limit}"


def _maximum(schema: Schema, place: str) -> Check:
    limit = cast("int", schema["maximum"])
    return lambda value: None if cast("int", value) <= limit else f"{place} is above {limit}"


def _max_items(schema: Schema, place: str) -> Check:
    limit = cast("int", schema["maxItems"])
    return lambda value: None if len(cast("list[object]", value)) <= limit else f"{place} has more than {limit} items"
