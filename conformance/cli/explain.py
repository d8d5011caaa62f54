"""`explain ID`: what a requirement says, who says so, and where it lives in the code."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

import conformance
from conformance.requirements.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(conformance.__file__).resolve().parent


@click.command("explain")
@click.argument("requirement")
def command(requirement: str) -> None:
    """Tell all about a requirement: statement, why, source, and its five places."""
    found = read_catalogue().get(requirement)
    click.echo(f"{found.id}  {found.level}")
    click.echo(f"  {found.statement}")
    rows = [
        ("why", found.why),
        ("source", found.source),
        ("applies to", found.applies_to),
        ("a breach", found.breach),
        ("not tested", found.not_tested or ""),
        ("catalogue", f"conformance/requirements/catalogue/{found.area}.toml"),
        *places(found.id, found.area),
    ]
    for name, value in rows:
        if value:
            click.echo(f"  {name:<11}{value}")


def places(requirement: str, area: str) -> list[tuple[str, str]]:
    """The oracle, check, fault and oracle test of a requirement, found by reading the source.

    Reading instead of importing keeps `explain` quick: the suites would bring httpx and pytest.
    """
    oracle, oracle_file = _find("oracles", lambda call: _first_text(call) == requirement)
    name = oracle or ""
    suite, suite_file = _find("suites", lambda call: bool(name) and _first_name(call) == name)
    fault, fault_file = _find("reference/faults", lambda call: _first_text(call) == requirement)
    fault_area = Path(fault_file).stem.partition("_")[0]
    return [
        ("oracle", f"{oracle_file}: {oracle}" if oracle else ""),
        ("suite", f"{suite_file}: {suite}" if suite else ""),
        ("fault", f"{fault_area}.{fault}" if fault else ""),
        ("test", f"tests/oracles/test_{area}.py" if oracle else ""),
    ]


def _find(room: str, wanted: Callable[[ast.Call], bool]) -> tuple[str | None, str]:
    """The function of a room with a decorator that is wanted, and its file."""
    for path, functions in _room(room).items():
        for function in functions:
            calls = [d for d in function.decorator_list if isinstance(d, ast.Call) and d.args]
            if any(wanted(call) for call in calls):
                return function.name, f"conformance/{path}"
    return None, ""


@lru_cache(maxsize=4)
def _room(room: str) -> Mapping[str, tuple[ast.FunctionDef, ...]]:
    """The functions of each module of a room."""
    trees = {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / room).glob("*.py"))
    }
    return {
        path: tuple(node for node in tree.body if isinstance(node, ast.FunctionDef))
        for path, tree in trees.items()
    }


def _first_text(call: ast.Call) -> object:
    first = call.args[0]
    return first.value if isinstance(first, ast.Constant) else None


def _first_name(call: ast.Call) -> str | None:
    first = call.args[0]
    return first.attr if isinstance(first, ast.Attribute) else getattr(first, "id", None)
