"""A check as a pytest item: what pytest reports, times, selects and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.plugin.conductor import Conductor
    from conformance.plugin.plan import Check
    from conformance.verdict.result import CheckResult


class BreachFound(AssertionError):
    """The target broke a requirement; the one exception by which a check fails."""

    def __init__(self, check: Check, result: CheckResult) -> None:
        super().__init__(result.requirement)
        self.check = check
        self.result = result

    def __str__(self) -> str:
        """The story of the first breaches, as a person acts on them."""
        requirement = self.check.requirement
        lines = [
            f"{requirement.id}  {requirement.statement}  {requirement.level}  {self.result.subject}"
        ]
        for breach in self.result.breaches[:3]:
            lines += [
                f"at         {breach.where}",
                f"expected   {breach.expected}",
                f"actual     {breach.actual}",
            ]
            lines += [f"hint       {breach.hint}"] if breach.hint else []
        return "\n".join(lines)


class SuiteBroke(Exception):
    """The suite itself is at fault."""


class CheckItem(pytest.Item):
    """One requirement × one subject. Its body may have run before pytest reaches it."""

    def __init__(self, *, conductor: Conductor, check: Check, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conductor = conductor
        self.check = check
        self.result: CheckResult | None = None

    def runtest(self) -> None:
        """Wait for the result and say it in pytest's words."""
        result = self.result = self.conductor.result_of(self.check)
        if result.outcome == "failed":
            raise BreachFound(self.check, result)
        if result.outcome == "broken":
            raise SuiteBroke(result.reason)
        if result.outcome != "passed":
            pytest.skip(f"{result.outcome.replace('_', ' ')}: {result.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A breach in our own words; anything else as pytest shows it."""
        if isinstance(excinfo.value, (BreachFound, SuiteBroke)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style=style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Where the check is written, and its name."""
        code = getattr(self.check.body, "__code__", None)
        line = code.co_firstlineno if code else None
        return self.path, line, f"{self.check.requirement.id} {self.check.subject.name}"
