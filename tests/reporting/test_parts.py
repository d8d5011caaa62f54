"""The small parts that several reports share."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from conformance.exceptions import UsageError
from conformance.reporting.curl import curl_line, quoted
from conformance.reporting.difference import difference
from conformance.reporting.history import LONGEST_ANSWER, shown_call
from conformance.reporting.writing import write
from conformance.verdict.percentiles import Latency, latency_of
from conformance.wire.answer import NoAnswer
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.redaction import Redactor
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = Redactor(["top secret"]).token("top secret")


def exchange(body: bytes = b"", *, answer: bytes = b"null", method: str = "POST") -> Exchange:
    return Exchange(
        number=1,
        call=Call("media", "get"),
        form=Form(),
        session="admin",
        request=SentRequest(
            method,
            f"http://127.0.0.1/api_v3/service/media/action/get?ks={TOKEN}",
            (("Content-Type", "application/json"), ("User-Agent", "x"), ("Host", "y")),
            body,
        ),
        response=Received(200, (), answer),
        answer=NoAnswer("timeout", "after 60 s"),
        started_at=0.0,
        elapsed_ms=1.0,
    )


class TestDifference:
    """What differs is marked on both sides."""

    def test_a_word_that_differs_is_marked(self) -> None:
        """The rest is not."""
        expected, actual = difference("tags are 'a, b'", "tags are 'a, c'")

        assert expected == [["tags are 'a, ", 0], ["b", 1], ["'", 0]]
        assert actual == [["tags are 'a, ", 0], ["c", 1], ["'", 0]]

    def test_texts_with_little_in_common_are_left_alone(self) -> None:
        """Marks over everything tell nothing."""
        assert difference("ENTRY_ID_NOT_FOUND", "500") == (
            [["ENTRY_ID_NOT_FOUND", 0]],
            [["500", 0]],
        )

    def test_blanks_and_colons_make_texts_no_more_alike(self) -> None:
        """Only words count."""
        left, right = "an error: there is no such object", "a result: 1"

        assert difference(left, right) == ([[left, 0]], [[right, 0]])

    def test_nothing_is_lost(self) -> None:
        """The pieces of a side are its text."""
        left, right = "a b  c\nd", "a x  c\nd e"
        expected, actual = difference(left, right)

        assert "".join(str(text) for text, _ in expected) == left
        assert "".join(str(text) for text, _ in actual) == right


class TestCurl:
    """A line for a shell."""

    def test_it_is_one_command(self) -> None:
        """A shell takes it apart as it was meant; a secret is a variable."""
        line = curl_line(exchange(b'{"name": "it\'s", "x": "$(rm -rf /)"}'))

        assert line is not None
        words = shlex.split(line)
        assert words[:2] == ["curl", "-sS"]
        assert words[2:6] == [
            "-H",
            "Content-Type: application/json",
            "--data-raw",
            '{"name": "it\'s", "x": "$(rm -rf /)"}',
        ]
        assert words[6] == "http://127.0.0.1/api_v3/service/media/action/get?ks=$KS"
        assert line.endswith('"$KS"')

    def test_what_stands_for_a_secret_is_a_variable(self) -> None:
        """The session's by its own name."""
        body = f'{{"ks": "{TOKEN}", "secret": "{TOKEN}"}}'

        assert quoted(body) == ('\'{"ks": "\'"$KS"\'", "secret": "\'"$SECRET"\'"}\'')

    def test_bytes_have_no_line(self) -> None:
        """A file does not go on a command line."""
        assert curl_line(exchange(b"\xff\xfe")) is None
        assert curl_line(exchange(b"x" * 5000)) is None

    def test_other_methods_are_named(self) -> None:
        """curl sends POST where there is a body, else GET."""
        assert curl_line(exchange(method="HEAD")).split()[2:4] == ["-X", "HEAD"]  # type: ignore[union-attr]
        assert "-X" not in shlex.split(curl_line(exchange(method="GET")) or "")


class TestHistory:
    """An exchange for people."""

    def test_a_long_answer_is_cut_and_says_so(self) -> None:
        """The rest is where the whole is."""
        shown = shown_call(exchange(answer=b"x" * (LONGEST_ANSWER + 7)))

        assert shown.answer.endswith("… 7 more characters in traffic.jsonl")
        assert shown.says == "no answer (timeout)"

    def test_half_a_letter_is_still_shown(self) -> None:
        """JSON can escape what is no text."""
        shown = shown_call(exchange(answer=b'{"a": "\\ud800"}'))

        assert shown.answer == '{\n  "a": "\\ud800"\n}'

    def test_deep_nesting_is_left_as_it_is(self) -> None:
        """No answer makes the report run out of stack."""
        deep = b"[" * 40_000

        assert shown_call(exchange(answer=deep)).answer.startswith("[[[[")


class TestLatency:
    """Percentiles by nearest rank."""

    def test_they_are_values_that_were_measured(self) -> None:
        """Of a hundred samples the 90th, of one the one."""
        assert latency_of(range(1, 101)) == Latency(100, 50, 90, 99, 100)
        assert latency_of([5.0]) == Latency(1, 5.0, 5.0, 5.0, 5.0)

    def test_nothing_has_no_latency(self) -> None:
        """An action that never answered is not fast."""
        with pytest.raises(ValueError, match="no samples"):
            latency_of([])


class TestWriting:
    """Files whole, and no other run's among them."""

    def test_what_was_made_is_named(self, tmp_path: Path) -> None:
        """A folder of many files counts as one; an older run's results go, other files stay."""
        (tmp_path / "results").mkdir()
        (tmp_path / "results" / "old-result.json").write_text("{}")
        (tmp_path / "results" / "mine.txt").write_text("kept")
        files = [("a.txt", b"a"), ("results/x-result.json", b"{}"), ("results/y.json", b"{}")]

        assert write(files, tmp_path) == (tmp_path / "a.txt", tmp_path / "results")
        assert sorted(p.name for p in (tmp_path / "results").iterdir()) == [
            "mine.txt",
            "x-result.json",
            "y.json",
        ]

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        """A file where the folder should be."""
        (tmp_path / "file").write_text("")

        with pytest.raises(UsageError, match="cannot write"):
            write([("a", b"")], tmp_path / "file" / "folder")
