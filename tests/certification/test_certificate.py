"""A certificate holds elsewhere and offline, and no tampering with its run goes unnoticed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.signer import SSlibKey

from conformance.certification.envelope import key_id
from conformance.certification.issuing import objections, refuse_partial
from conformance.certification.keys import public_pem
from conformance.certification.statement import read_statement
from conformance.certification.verification import Refused, verify
from conformance.exceptions import UsageError
from conformance.profile.loading import load_profile
from conformance.reporting.reading import read_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.certification.forging import Certified

    Tampering = Callable[[Certified], None]

PASSED = "CRUD-GET-002 uiconf"


def refusal(copy: Certified) -> Refused:
    with pytest.raises(Refused) as caught:
        verify(copy.certificate, copy.key.public_key())
    return caught.value


def test_it_holds_in_another_folder_without_a_server(copy: Certified) -> None:
    """And nearly every check that passed was judged again from the record."""
    found = verify(copy.certificate, copy.key.public_key())

    assert found.rejudged.contradictions == ()
    assert found.rejudged.again > 0.9 * found.run.outcomes["passed"]
    assert "no oracle was asked" not in found.rejudged.not_again


def test_somebody_else_s_library_verifies_the_envelope(copy: Certified) -> None:
    """By the public key alone, and it reads an in-toto statement."""
    public = copy.key.public_key()
    key = SSlibKey(
        key_id(public), "ed25519", "ed25519", {"public": public.public_bytes_raw().hex()}
    )

    envelope = TheirEnvelope.from_dict(json.loads(copy.certificate.read_text()))

    envelope.verify([key], 1)
    statement = read_statement(envelope.payload)
    assert statement.predicate.result == "PASSED"
    assert statement.described("suite").annotations["source"]


def change_answer(copy: Certified) -> None:
    """One answer to a get says something else than was recorded."""
    copy.edit_line("traffic.jsonl", _is_get, _with_another_name)


def _is_get(record: dict[str, Any]) -> bool:
    body = record.get("response", {}).get("body", "")
    return record.get("service") == "uiconf" and record["action"] == "get" and '"name":' in body


def _with_another_name(record: dict[str, Any]) -> dict[str, Any]:
    body = json.loads(record["response"]["body"])
    record["response"]["body"] = json.dumps(body | {"name": "forged"})
    return record


def lose_a_result(copy: Certified) -> None:
    """A result is taken out of the file."""
    copy.edit_line("results.jsonl", lambda line: line.get("outcome") == "passed", lambda _: None)


def call_a_failure_passed(copy: Certified) -> None:
    """An inconclusive result is made one that passed."""
    copy.edit_line(
        "results.jsonl",
        lambda line: line.get("outcome") in {"inconclusive", "not_applicable"},
        lambda line: line | {"outcome": "passed", "reason": ""},
    )


def swap_the_schema(copy: Certified) -> None:
    """Another schema with fewer actions."""
    copy.edit("schema.xml", lambda content: content.replace(b"apiVersion=", b"x='1' apiVersion="))


def ease_the_profile(copy: Certified) -> None:
    """A profile that would have left checks out."""
    copy.edit_json(
        "profile.json", lambda held: held.setdefault("selection", {}).update(deselect=["crud"])
    )


def embellish_the_summary(copy: Certified) -> None:
    """A summary with other counts."""

    def change(held: dict[str, Any]) -> None:
        held["outcomes"]["passed"] += 1

    copy.edit_json("run.json", change)


def forget_testimony(copy: Certified) -> None:
    """What an oracle was asked is made to say something else."""
    copy.edit("testimony.jsonl", lambda content: content[content.index(b"\n") + 1 :])


FILES: dict[str, tuple[Tampering, str]] = {
    "a changed answer": (change_answer, "traffic.jsonl"),
    "a removed result": (lose_a_result, "results.jsonl"),
    "a failure called passed": (call_a_failure_passed, "results.jsonl"),
    "a swapped schema": (swap_the_schema, "schema.xml"),
    "another plan": (ease_the_profile, "profile.json"),
    "an embellished summary": (embellish_the_summary, "run.json"),
    "changed testimony": (forget_testimony, "testimony.jsonl"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_named(copy: Certified, name: str) -> None:
    """Its digest is not the one that was signed."""
    tamper, file = FILES[name]
    tamper(copy)

    found = refusal(copy)

    assert found.place == file
    assert "not the file that was certified" in found.problem


SIGNED_AGAIN: dict[str, tuple[Tampering, str]] = {
    "a changed answer": (change_answer, "the record does not bear out that it passed"),
    "a removed result": (lose_a_result, "checks of the plan have no result"),
    "a failure called passed": (call_a_failure_passed, "the results add up to"),
    "a swapped schema": (swap_the_schema, "not the schema that the run was planned from"),
    "another plan": (ease_the_profile, "the plan leaves checks out"),
    "an embellished summary": (embellish_the_summary, "the results add up to"),
}


@pytest.mark.parametrize("name", SIGNED_AGAIN)
def test_who_signs_a_changed_run_anew_is_found_out(copy: Certified, name: str) -> None:
    """With the right key even: what the statement says does not follow from the files."""
    tamper, told = SIGNED_AGAIN[name]
    tamper(copy)
    copy.sign_again()

    assert told in refusal(copy).problem


def test_another_key_is_refused(copy: Certified) -> None:
    """Everything fits, and somebody else signed it."""
    copy.sign_again(Ed25519PrivateKey.generate())

    assert "not by this key" in refusal(copy).problem


def test_a_changed_statement_is_refused(copy: Certified) -> None:
    """The signature is over every byte of it."""

    def change(held: dict[str, Any]) -> None:
        held["payload"] = held["payload"][:-8] + "fQ=="

    copy.edit_json("certificate.json", change)

    assert "not by this key, or not over this statement" in refusal(copy).problem


def test_another_suite_is_refused(copy: Certified, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version judged, that version has to judge again."""
    monkeypatch.setattr("conformance.certification.provenance.__version__", "9.9.9")

    assert "this is 9.9.9" in refusal(copy).problem


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"payloadType": 1}', b"\xff"])
def test_what_is_no_certificate_is_said_to_be_none(copy: Certified, content: bytes) -> None:
    """Exit 2: nothing was verified."""
    copy.certificate.write_bytes(content)

    with pytest.raises(UsageError, match="no certificate"):
        verify(copy.certificate, copy.key.public_key())


def test_a_missing_file_is_named(copy: Certified) -> None:
    """And nothing is said to hold."""
    (copy.folder / "traffic.jsonl").unlink()

    with pytest.raises(UsageError, match="cannot be read") as caught:
        verify(copy.certificate, copy.key.public_key())

    assert caught.value.place.endswith("traffic.jsonl")


def test_the_public_key_lies_beside_it(copy: Certified) -> None:
    """So that a forger's is noticed, who compares it with the one that the signer published."""
    assert (copy.folder / "certificate.pub").read_bytes() == public_pem(copy.key.public_key())


def test_no_secret_is_in_what_is_certified(certified: Path) -> None:
    """Not in testimony either, which repeats what oracles were given."""
    files = (path for path in certified.rglob("*") if path.is_file())
    text = b"".join(path.read_bytes() for path in files)

    assert b"djJ8" not in text  # every KS v2 begins with it
    assert b"redacted:" in text


@pytest.mark.parametrize("option", [{"select": ("crud",)}, {"read_only": True}, {"time_limit": 5}])
def test_a_part_is_not_certified(option: dict[str, Any]) -> None:
    """The profile says what is left out, so nothing is judged for it."""
    from conformance.plugin.settings import resolve  # noqa: PLC0415 - only here

    with pytest.raises(UsageError, match="certifies nothing"):
        refuse_partial(resolve(option).profile)


def test_the_usual_profile_is_certified() -> None:
    """It leaves nothing out."""
    refuse_partial(load_profile("ce", environ={}).profile)


def test_a_run_that_found_something_is_not_certified(certified: Path, tmp_path: Path) -> None:
    """Nor one that was not whole; each objection is told."""
    folder = tmp_path / "run"
    shutil.copytree(certified, folder)
    held = json.loads((folder / "run.json").read_text())
    held |= {"exit": 1, "verdict": "not conformant"}
    held["executed"]["checks"] -= 1
    (folder / "run.json").write_text(json.dumps(held))

    assert [text.split(",")[0] for text in objections(read_run(str(folder)))] == [
        "the verdict is not conformant",
        f"{held['executed']['checks']} of {held['plan']['checks']} checks were executed",
    ]
