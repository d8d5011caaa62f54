"""`extends` chains: found, merged, with the origin of each value; circles and gaps are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.exceptions import ProfileError
from conformance.profile.loading import default_profile, load_profile
from conformance.profile.location import find, profile_files

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, **files: str) -> None:
    """Write `name.toml` for each name."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.toml").write_text(content, encoding="utf-8")


def test_the_later_file_wins_and_tables_merge(tmp_path: Path) -> None:
    """A key of the last file replaces, its neighbours stay."""
    write(
        tmp_path,
        base="[limits]\nworkers = 2\nexamples = 5\n[actions.deny]\n'a.b' = 'one'",
        over="extends = './base.toml'\n[limits]\nworkers = 8\n[actions.deny]\n'c.d' = 'two'",
    )

    profile = load_profile(str(tmp_path / "over.toml"), environ={}).profile

    assert (profile.limits.workers, profile.limits.examples) == (8, 5)
    assert profile.actions.deny == {"a.b": "one", "c.d": "two"}


def test_lists_are_replaced(tmp_path: Path) -> None:
    """A list of the last file is the whole list."""
    write(
        tmp_path,
        base="[selection]\nselect = ['list', 'crud']",
        over="extends = './base.toml'\n[selection]\nselect = ['wire']",
    )

    profile = load_profile(str(tmp_path / "over.toml"), environ={}).profile

    assert profile.selection.select == ("wire",)


def test_each_value_knows_its_file(tmp_path: Path) -> None:
    """The origin is the file that gave the value that counts, or `default`."""
    write(
        tmp_path,
        base="[limits]\nworkers = 2\nexamples = 5",
        over="extends = './base.toml'\n[limits]\nworkers = 8",
    )

    resolved = load_profile(str(tmp_path / "over.toml"), environ={})

    assert str(tmp_path / "over.toml") == resolved.origin("limits", "workers")
    assert str(tmp_path / "base.toml") == resolved.origin("limits", "examples")
    assert resolved.origin("limits", "retries") == "default"


def test_extends_takes_the_name_of_a_profile_of_ours(tmp_path: Path) -> None:
    """A plain name is one of the profiles that come with the suite."""
    write(tmp_path, mine="extends = 'ce'")

    resolved = load_profile(str(tmp_path / "mine.toml"), environ={})

    mine = str(tmp_path / "mine.toml")
    assert ("profiles/kaltura.toml", "profiles/ce.toml", mine) == resolved.chain
    assert resolved.name == "mine"


def test_a_relative_extends_starts_at_its_own_file(tmp_path: Path) -> None:
    """Not where the command was started."""
    write(tmp_path, base="[limits]\nworkers = 3")
    write(tmp_path / "inner", over="extends = '../base.toml'")

    resolved = load_profile(str(tmp_path / "inner" / "over.toml"), environ={})

    assert resolved.profile.limits.workers == 3


def test_a_relative_path_starts_at_the_file_that_holds_it(tmp_path: Path) -> None:
    """A schema that the base names lies beside the base, whoever extends it."""
    write(tmp_path, base="[target]\nschema = 'schemas/x.xml'\nverify-tls = 'ca.pem'")
    write(tmp_path / "inner", over="extends = '../base.toml'")

    target = load_profile(str(tmp_path / "inner" / "over.toml"), environ={}).profile.target

    folder = tmp_path / "inner" / ".."
    assert str(folder / "schemas/x.xml") == target.schema
    assert str(folder / "ca.pem") == target.verify_tls


def test_a_schema_s_url_stays_a_url(tmp_path: Path) -> None:
    """Only paths are completed."""
    write(tmp_path, mine="[target]\nschema = 'https://kaltura.example/x.xml'")

    target = load_profile(str(tmp_path / "mine.toml"), environ={}).profile.target

    assert target.schema == "https://kaltura.example/x.xml"


def test_a_circle_is_told_with_all_its_files(tmp_path: Path) -> None:
    """Two files that extend each other are not read for ever."""
    write(tmp_path, a="extends = './b.toml'", b="extends = './a.toml'")

    with pytest.raises(ProfileError) as caught:
        load_profile(str(tmp_path / "a.toml"), environ={})

    a, b = tmp_path / "a.toml", tmp_path / "b.toml"
    assert f"{b}: extends: a circle: {a} -> {b} -> {a}" == str(caught.value)


def test_a_profile_that_extends_itself_is_a_circle(tmp_path: Path) -> None:
    """The smallest circle."""
    write(tmp_path, a="extends = './a.toml'")

    with pytest.raises(ProfileError, match="a circle"):
        load_profile(str(tmp_path / "a.toml"), environ={})


def test_a_missing_base_is_told_at_the_file_that_wants_it(tmp_path: Path) -> None:
    """With the nearest name."""
    write(tmp_path, a="extends = 'hostd'")

    with pytest.raises(ProfileError) as caught:
        load_profile(str(tmp_path / "a.toml"), environ={})

    expected = (
        f"{tmp_path / 'a.toml'}: extends: no profile is called 'hostd'. Did you mean 'hosted'?"
    )
    assert expected == str(caught.value)


def test_a_bad_base_is_told_at_the_base(tmp_path: Path) -> None:
    """The file that has to be mended is named, not the one that extends it."""
    write(tmp_path, base="[limits]\nworkers = 0", over="extends = './base.toml'")

    with pytest.raises(ProfileError) as caught:
        load_profile(str(tmp_path / "over.toml"), environ={})

    assert f"{tmp_path / 'base.toml'}: [limits] workers" == caught.value.place


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("smok", "no profile is called 'smok'. Did you mean 'smoke'?"),
        ("", "a profile needs a name. Choices: ce, hosted, kaltura, read-only, reference, smoke"),
        ("no/such.toml", "no/such.toml: no such file"),
        ("..//", "..//: a folder, not a profile"),
    ],
)
def test_a_profile_that_is_not_there_is_told(name: str, message: str) -> None:
    """Exactly, with what is near."""
    with pytest.raises(ProfileError) as caught:
        find(name)

    assert message == str(caught.value)


def test_a_file_beside_a_misspelt_one_is_suggested(tmp_path: Path) -> None:
    """What a person most likely meant."""
    write(tmp_path, production="")

    with pytest.raises(ProfileError) as caught:
        find(str(tmp_path / "prodution.toml"))

    assert caught.value.hint == "Did you mean 'production.toml'?"


def test_the_second_account_comes_from_the_environment() -> None:
    """After the files, and named as the origin."""
    variable = "KALTURA_CONFORMANCE_OTHER_PARTNER_ID"

    resolved = load_profile("ce", environ={variable: "103\n"})

    assert resolved.profile.target.other_partner_id == 103
    assert variable == resolved.origin("target", "other-partner-id")


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "٣"])
def test_a_second_account_that_is_no_number_is_refused(text: str) -> None:
    """It is not silently left out: isolation would not be judged."""
    with pytest.raises(ProfileError, match="OTHER_PARTNER_ID: expected a partner id"):
        load_profile("ce", environ={"KALTURA_CONFORMANCE_OTHER_PARTNER_ID": text})


def test_a_named_target_is_judged_as_a_community_edition() -> None:
    """And the embedded server by its own profile."""
    assert default_profile("https://kaltura.example") == "ce"
    assert default_profile(None) == "reference"
    assert {"ce", "reference"} <= set(profile_files())
