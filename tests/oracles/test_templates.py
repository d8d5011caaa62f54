from __future__ import annotations

from conformance.oracles.templates import agree, is_sound, rendered
from conformance.schema.model import ErrorTemplate

TEMPLATE = ErrorTemplate("X", "X", 'Thing "@ID@" of @OWNER@', ("ID", "OWNER"))


def test_placeholders_are_filled() -> None:
    """Each placeholder is replaced by its argument, one without an argument stays."""
    assert rendered(TEMPLATE, {"ID": "@OWNER@"}) == 'Thing "@OWNER@" of @OWNER@'


def test_markup_and_blanks_do_not_matter() -> None:
    """A server strips markup and may escape what is left."""
    assert agree('Thing "0_&amp;" of  me', 'Thing "0_<x>&" of me')


def test_other_words_matter() -> None:
    """Another text is another text."""
    assert not agree("Thing not found", "Thing found")


def test_template_with_other_parameters_is_unsound() -> None:
    """A template whose placeholders are not its parameters cannot be compared with."""
    assert is_sound(TEMPLATE)
    assert not is_sound(ErrorTemplate("X", "X", "Thing @ID@", ()))
