"""A failing history ends with the fewest values, and these as plain as they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.generation.domain import Choice, CsvOf, ObjectOf, Real, TagList, Whole, Words
from conformance.generation.histories import PLAIN, Step, Way
from conformance.generation.history_inputs import controls, inputs_of, smallest
from conformance.generation.plainest import plainest_of
from conformance.generation.reduction import Questions
from conformance.schema.model import Property, TypeRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.generation.histories import History

HISTORY = (
    Step("add", "a", values=(("name", "one of many"), ("width", 900), ("description", "wxyz"))),
    Step("update", "a", values=(("description", "some words"), ("width", 700))),
    Step("update", "a", values=(("width", 800), ("description", "other words"))),
    Step("get", "a"),
)


def plainest(name: str, number: int) -> Any:
    return 1 + number if name == "width" else "abcdef"[number]


def shrunk(holds: Callable[[History], bool], *, most: int = 200) -> tuple[History, int]:
    questions: Questions[Step] = Questions(holds, most=most)
    return smallest(HISTORY, questions, plainest), questions.asked


def value(history: History, place: int, name: str) -> Any:
    return dict(history[place].values or ()).get(name)


def test_what_does_not_matter_goes() -> None:
    """All values, in one question, where none matters; steps that wrote none stay as they are."""
    least, asked = shrunk(lambda _: True)

    assert inputs_of(least) == ()
    assert [step.rule for step in least] == [step.rule for step in HISTORY]
    assert least[3].values is None
    assert asked == 1


def test_what_has_to_differ_gets_the_plainest_that_differ() -> None:
    """An update that is not shown needs two values, a letter each."""

    def holds(history: History) -> bool:
        first, second = (value(history, place, "description") for place in (1, 2))
        return first is not None and second is not None and first != second

    least, asked = shrunk(holds)

    assert [step.values for step in least[:3]] == [
        (),
        (("description", "a"),),
        (("description", "b"),),
    ]
    assert asked <= 6


def test_updates_that_share_no_property_are_made_alike() -> None:
    """Leaving out alone would keep the add's value beside theirs: no update writes the same."""
    history = (
        Step("add", "a", values=()),
        Step("add", "b", values=(("tags", "some words"),)),
        Step("update", "b", values=(("name", "one"),)),
        Step("update", "a", values=(("tags", "others"), ("width", 7))),
        Step("list"),
    )

    def holds(candidate: History) -> bool:
        written = {name for step in candidate[1:3] for name, _ in step.values or ()}
        changed = {name for name, _ in candidate[3].values or ()}
        return bool(candidate[2].values and changed & written)

    least = smallest(history, Questions(holds, most=200), plainest)

    assert len(inputs_of(least)) == 2
    assert inputs_of(least)[0][0] == 2


def test_values_of_several_properties_are_kept_where_each_matters() -> None:
    """A name of the add and a number of the second update."""

    def holds(history: History) -> bool:
        return value(history, 0, "name") is not None and value(history, 2, "width") is not None

    least, _ = shrunk(holds)

    assert inputs_of(least) == ((0, "name"), (2, "width"))
    assert (value(least, 0, "name"), value(least, 2, "width")) == ("a", 2)


def test_a_text_is_cut_to_the_shortest_that_shows_it() -> None:
    """Six letters where five are not enough."""

    def holds(history: History) -> bool:
        return len(str(value(history, 1, "description") or "")) >= 6

    least, _ = shrunk(holds)

    assert least[1].values == (("description", "aaaaaa"),)


def test_a_number_is_made_the_smallest_that_shows_it() -> None:
    """Bisected."""

    def holds(history: History) -> bool:
        return int(value(history, 2, "width") or 0) > 256

    least, asked = shrunk(holds)

    assert least[2].values == (("width", 257),)
    assert asked <= 25


def test_a_value_that_alone_shows_it_stays() -> None:
    """What cannot be made plainer is left as it was drawn."""
    least, _ = shrunk(lambda history: value(history, 0, "description") == "wxyz")

    assert least[0].values == (("description", "wxyz"),)


def test_no_more_is_asked_than_allowed() -> None:
    """A history whose questions ran out still holds."""

    def holds(history: History) -> bool:
        return {"name", "description"} <= {name for _, name in inputs_of(history)}

    least, asked = shrunk(holds, most=4)

    assert asked == 4
    assert holds(least)


def test_each_write_has_a_control_of_its_own() -> None:
    """A value that a server alters would show in any history; it shows in a shorter one, too."""
    add = Step("add", "a", values=())
    first = Step("update", "a", way=Way(batch=True), values=(("name", "a"),))
    second = Step("update", "a", values=(("name", "b"),))

    found = list(controls((add, first, second, Step("get", "a", way=Way(second=True)))))

    assert found == [
        (add, structs.replace(first, way=PLAIN), Step("get", "a")),
        (add, second, Step("get", "a")),
    ]
    assert list(controls((add, second, Step("get", "a")))) == []


TEXT = Property(name="text", type=TypeRef(kind="string"), min_length=3)
LOOSE = Property(name="text", type=TypeRef(kind="string"))


@pytest.mark.parametrize(
    ("domain", "prop", "expected"),
    [
        (Words("xyz", 6, 40), LOOSE, ["a", "b"]),
        (Words("xyz", 6, 40), TEXT, ["aaa", "bbb"]),
        (Words("x", 6, 9, 1, "", "@example.com"), LOOSE, ["a@example.com", "b@example.com"]),
        (TagList(3), LOOSE, ["aa", "bb"]),
        (Whole(5, 9), LOOSE, [5, 6]),
        (Whole(5, 5), LOOSE, [5, 5]),
        (Real(0.5, 9), LOOSE, [0.5, 1.5]),
        (Choice((7, 8)), LOOSE, [7, 8]),
        (CsvOf(("one", "two")), LOOSE, ["one", "two"]),
        (ObjectOf(("KalturaThing",)), LOOSE, [None, None]),
        (None, LOOSE, [None, None]),
    ],
)
def test_plainest_values_are_of_the_domain(
    domain: Any, prop: Property, expected: list[Any]
) -> None:
    """Short, small, and still what a sound server keeps: limits, addresses and enums hold."""
    assert [plainest_of(domain, prop, number) for number in (0, 1)] == expected
