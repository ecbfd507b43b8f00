"""The OpenAPI document, from the routes, their rules (`identity.routes`) and what they answer with (`described`)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from averment.service.contract import openai_shapes, shapes
from averment.service.contract.described import DESCRIBED, EVENTS, FORM, HTML, JSON, PARAMETERS, TAGS, Described
from averment.service.errors import PROBLEM
from averment.service.identity.cookies import SESSION
from averment.service.identity.routes import RULES, Rule

Schema = dict[str, Any]  # a JSON Schema, or another part of the document, is whatever JSON it is

DESCRIPTION: Final = """Averment reads contracts and filings and answers with proven sentences.

Errors are problem documents (RFC 9457) with a stable `code`. Offsets are 0-based, half-open, and count Unicode code
points of a document's canonical text; pages are 1-based; times are RFC 3339 with `Z`; decimals are strings.
`x-averment-roles` and `x-averment-scope` say which roles open an operation, and which scope an API key needs for it.
What a caller may not know of is answered as if it were not there (404).
"""
_REFERENCE: Final = "#/components/schemas/{model}"
_SECURITY: Final[Schema] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (averment keys create), or a JWT of the issuer.",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION, "description": "The cookie of a browser's sign-in."},
}
# What the framework says of refusals; here they are problem documents.
_FRAMEWORKS: Final = frozenset({"HTTPValidationError", "ValidationError"})
_PROBLEMS: Final[Mapping[int, str]] = {
    401: "Nobody is signed in, or what was presented is not good",
    403: "The roles of the caller do not open this",
    404: "There is no such thing, or the caller may not know of it",
    400: "The request is none that can be read",
    406: "The client takes no media type that there is",
    408: "The request came too slowly",
    409: "The key of the request was used for another one",
    415: "The body is of a media type or coding that is not taken",
    431: "The headers are too large",
    413: "The body is larger than service.max_body_bytes",
    422: "The request does not fit its schema, or asks for what cannot be",
    429: "Too much at once; `Retry-After` says when to try again",
    500: "The request failed inside the service; the code says no more",
    503: "A part that is needed does not answer, or the service stops; `Retry-After` says when to try again",
}
_HEADERS: Final[Schema] = {
    "X-Request-Id": {"description": "Names the request in logs and traces", "schema": {"type": "string"}}
}


class _Written(GenerateJsonSchema):
    """Schemas of what `to_json` writes: every member of a dataclass is there."""

    def field_is_required(self, field: object, total: bool) -> bool:  # noqa: ARG002, FBT001 - as pydantic calls it
        """Tell that a member is there; those of `shapes` that may be left out have a default."""
        return True

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's
        """Tell that names of members need no titles."""
        return False


def operation_id(route: APIRoute) -> str:
    """Name an operation by its noun and what it does, for example `documents_read`."""
    noun = str(route.tags[0]).replace("-", "_")
    verb = route.name.removesuffix(f"_{noun}").removeprefix(f"{noun}_")
    return noun if verb == noun else f"{noun}_{verb}"


def describe(app: FastAPI) -> Schema:
    """Write the OpenAPI document of an application.

    Raises:
        KeyError: A route is described nowhere.
    """
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary="Answers over contracts and filings, each sentence proven, each answer logged.",
        description=DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )
    named = dict(_operations(app))
    written, definitions = _schemas([DESCRIBED[route] for route in named.values()])
    for (path, method), route in named.items():
        _complete(document["paths"][path][method], route=route, written=written)
    asked = {name: one for name, one in document["components"]["schemas"].items() if name not in _FRAMEWORKS}
    schemas = {**asked, **definitions}
    document["components"] = {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY}
    document["paths"] = dict(sorted(document["paths"].items()))
    return document


def _operations(app: FastAPI) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield path and method as the document has them, and the route as rules name it."""
    for context in iter_route_contexts(app.routes):
        for method in sorted(context.methods or ()):
            path = context.path or "/"
            yield (path.replace(":path}", "}"), method.lower()), f"{method} {path}"


def _schemas(described: list[Described]) -> tuple[dict[str, Schema], Schema]:
    """Return the schema of every type that is a body or an event, by `repr`, and what they refer to."""
    types: dict[str, Any] = {repr(shapes.Problem): shapes.Problem}
    for one in described:
        bodies = (one.body, *one.also.values(), *one.events.values())
        types.update({repr(kind): kind for kind in bodies if kind is not None})
    inputs = [(name, "serialization", TypeAdapter(kind)) for name, kind in types.items()]
    found, shared = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCE, schema_generator=_Written)  # type: ignore[arg-type]  # "serialization" is one of pydantic's modes
    schemas = {str(name): schema for (name, _), schema in found.items()}
    definitions: Schema = shared.get("$defs", {})
    for optional in (shapes.Problem, *openai_shapes.PARTIAL):
        kept = definitions[optional.__name__]
        kept["required"] = [name for name in kept["required"] if "default" not in kept["properties"][name]]
    return schemas, definitions


def _complete(operation: Schema, *, route: str, written: Mapping[str, Schema]) -> None:
    described, rule = DESCRIBED[route], RULES[route]
    operation["security"] = [] if rule.is_open else [{"bearer": []}, {"session": []}]
    if not rule.is_open:
        operation["x-averment-roles"] = sorted(rule.roles)
        if rule.scope:
            operation["x-averment-scope"] = rule.scope
    for parameter in operation.get("parameters", ()):
        name = parameter["name"].lower()
        meaning, example = PARAMETERS[name]
        parameter["description"] = meaning
        if example is not None:
            parameter["example"] = example
    if described.example is not None:
        operation["requestBody"]["content"][JSON]["example"] = dict(described.example)
    if described.form:
        operation["requestBody"] = _form(described.form)
    operation["responses"] = dict(sorted(_responses(operation, described, rule=rule, written=written).items()))


def _form(names: tuple[str, ...]) -> Schema:
    properties = {name: {"type": "string"} for name in names}
    schema = {"type": "object", "properties": properties, "required": list(names)}
    return {"required": True, "content": {FORM: {"schema": schema}}}


def _responses(operation: Schema, described: Described, *, rule: Rule, written: Mapping[str, Schema]) -> Schema:
    found = {str(described.status): _response("Done", _content(described, written))}
    if described.redirects:
        place = {"Location": {"description": "Where to go on to", "schema": {"type": "string"}}}
        found["303"] = _response("A browser is sent on", None, headers=place)
    if described.unchanged:
        found["304"] = _response("What the client has is still right", None)
    problem = {PROBLEM: {"schema": written[repr(shapes.Problem)]}}
    for status in sorted(_problem_statuses(operation, described, rule=rule)):
        content = dict(problem)
        if status == 401 and described.media == (HTML,):
            content[HTML] = {"schema": {"type": "string"}}
        if status in described.also:
            content = {JSON: {"schema": written[repr(described.also[status])]}}
        found[str(status)] = _response(_PROBLEMS[status], content, headers=_problem_headers(status))
    return found


def _problem_statuses(operation: Schema, described: Described, *, rule: Rule) -> set[int]:
    found = {*described.problems, *described.also}
    parameters = operation.get("parameters", [])
    if not rule.is_open:
        found |= {401, 403, 429, 500, 503}
    if any(one["in"] == "path" and one["name"].endswith("_id") for one in parameters):
        found.add(404)
    if "requestBody" in operation:
        found |= {400, 408, 413, 415, 422}
    if any("schema" in one for one in parameters):
        found.add(422)
    return found


def _problem_headers(status: int) -> Schema:
    if status == 401:
        return {"WWW-Authenticate": {"description": "`Bearer`", "schema": {"type": "string"}}}
    if status in {429, 503}:
        return {"Retry-After": {"description": "Seconds to wait, at least", "schema": {"type": "string"}}}
    return {}


def _response(text: str, content: Schema | None, *, headers: Schema | None = None) -> Schema:
    found: Schema = {"description": text, "headers": {**_HEADERS, **(headers or {})}}
    return {**found, "content": content} if content else found


def _content(described: Described, written: Mapping[str, Schema]) -> Schema:
    content: Schema = {}
    if described.body is not None:
        content[JSON] = {"schema": written[repr(described.body)]}
    for media in described.media:
        is_binary = media.startswith("image/") and media != "image/svg+xml"
        content[media] = {"schema": {} if is_binary or media == JSON else {"type": "string"}}
    if described.events:
        content[EVENTS] = {"schema": _events(described.events, written)}
    return content


def _events(events: Mapping[str, Any], written: Mapping[str, Schema]) -> Schema:
    """Describe each event of a stream; without a name it is a `message`."""
    kinds = []
    for name, kind in events.items():
        data = {"type": "string", "contentMediaType": JSON, "contentSchema": written[repr(kind)]}
        members = {"event": {"const": name}, "data": data, "id": {"type": "string"}}
        kinds.append({"type": "object", "properties": members, "required": ["event", "data"]})
    if "message" in events:
        kinds.append({"type": "object", "properties": {"event": {"const": "message"}, "data": {"const": "[DONE]"}}})
    return {"description": "One of the events of the stream, in order.", "anyOf": kinds}
