"""Caps on modules (400 lines), functions (50 lines) and parameters (6), with a list that only shrinks."""

import ast
from collections.abc import Iterator

from tests.repo.inventory import Module, broken_rules, project_modules

MODULE_LINES = 400
FUNCTION_LINES = 50
PARAMETERS = 6
POSITIONAL = 2

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module: Module) -> Iterator[tuple[str, Function]]:
    """Yield every function of the module with its dotted name inside the module."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child
                yield from walk(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, f"{prefix}{child.name}.")
            else:
                yield from walk(child, prefix)

    yield from walk(module.tree(), "")


def is_command_or_route(module: Module, function: Function) -> bool:
    """Tell whether a framework calls the function: its parameters are options of a command or a request."""
    return module.area == "cli" or any(
        isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Attribute)
        and mark.func.attr in {"command", "callback", "get", "post", "put", "delete", "patch"}
        for mark in function.decorator_list
    )


def is_exempt(module: Module, name: str, function: Function) -> bool:
    """Tell whether the rule leaves the function alone: it is private, or a framework calls it by position."""
    private = any(part.startswith("_") for part in name.split("."))
    return private or bool(function.decorator_list) or is_command_or_route(module, function)


def parameters(function: Function) -> tuple[int, int]:
    """Return how many parameters the caller gives, and how many of them may be given by position."""
    positional = [*function.args.posonlyargs, *function.args.args]
    if positional and positional[0].arg in {"self", "cls"}:
        positional = positional[1:]
    return len(positional) + len(function.args.kwonlyargs), len(positional)


def test_modules_and_functions_stay_within_the_caps() -> None:
    found: dict[str, str] = {}
    for module in project_modules():
        lines = len(module.path.read_text(encoding="utf-8").splitlines())
        if lines > MODULE_LINES:
            found[module.name] = f"{lines} lines, the cap is {MODULE_LINES}"
        for name, function in functions(module):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            count, _ = parameters(function)
            if length > FUNCTION_LINES:
                found[f"{module.name}:{name}"] = f"{length} lines, the cap is {FUNCTION_LINES}"
            elif count > PARAMETERS and not is_command_or_route(module, function):
                found[f"{module.name}:{name}"] = f"{count} parameters, the cap is {PARAMETERS}"
    broken = broken_rules("size", found)
    assert not broken, "\n".join(broken)


def test_public_parameters_after_the_second_are_keyword_only() -> None:
    found: dict[str, str] = {}
    for module in project_modules():
        for name, function in functions(module):
            _, positional = parameters(function)
            if positional > POSITIONAL and not is_exempt(module, name, function):
                found[f"{module.name}:{name}"] = f"{positional} positional parameters, the cap is {POSITIONAL}"
    broken = broken_rules("positional", found)
    assert not broken, "\n".join(broken)
