"""Why an answer of ours is not of the recorded kind: one cause for what one change would mend."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.fidelity.replay import Comparison

DEFECT = "INTERNAL_SERVERL_ERROR"
REFUSALS = frozenset({"SERVICE_FORBIDDEN", "FEATURE_FORBIDDEN", "INVALID_KS", "ACTION_FORBIDDEN"})
DECODING = frozenset(
    {
        "MISSING_MANDATORY_PARAMETER",
        "INVALID_ENUM_VALUE",
        "OBJECT_TYPE_ABSTRACT",
        "PROPERTY_VALIDATION_WRONG_FORMAT",
        "INVALID_PARAMETER_CHAR",
        "WRONG_REQUEST_LANGUAGE",
    }
)


def cause_of(found: Comparison) -> str:
    """What stands behind one difference, in words."""
    theirs, ours = found.theirs, found.ours
    if theirs[:2] == ("error", DEFECT):
        return "a defect of the real server that ours does not have"
    if ours[:2] == ("error", DEFECT):
        return "a defect of ours"
    if theirs[0] != "error" and ours[0] != "error":
        return "another type or shape of result"
    code = theirs[1] if theirs[0] == "error" else ours[1]
    if code in REFUSALS:
        return "who may call it" if theirs[0] == "error" else "refused here, allowed there"
    if code in DECODING:
        return "how parameters are read"
    if theirs[0] == "error" and ours[0] == "error":
        return "another error comes first"
    if theirs[0] == "error":
        return "a refusal of the action's own that ours does not make"
    return "refused here for an object that only the recorded server had, or by a rule of ours"


def by_cause(found: Iterable[Comparison]) -> Mapping[str, tuple[Comparison, ...]]:
    """The differences by cause, the most frequent first."""
    groups: dict[str, list[Comparison]] = defaultdict(list)
    for each in found:
        if not each.alike:
            groups[cause_of(each)].append(each)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return {cause: tuple(members) for cause, members in ordered}
