"""What a run left is removed by its ledger, whether the run ended or was killed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cli.main import invoke
from conformance.wire.client import Client
from conformance.wire.login import start_session
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.plugin.embedded import Ready

MARKER = "kc-2026-01-02t03-04-05-abcd"


class Account:
    """An account on the sound server: makes categories, and tells which are there."""

    def __init__(self, ready: Ready) -> None:
        self._client = Client(ready.url)
        self._ks = start_session(
            self._client, partner_id=ready.partner_id, secret=ready.admin_secret
        )

    def call(self, service: str, action: str, **params: Any) -> Any:
        result = self._client.send(Call(service, action, params), ks=self._ks).result
        assert result is not None
        return result.value

    def category(self, name: str) -> int:
        return int(self.call("category", "add", category={"name": name})["id"])

    def has(self, category: int) -> bool:
        call = Call("category", "get", {"id": category})
        return self._client.send(call, ks=self._ks).result is not None

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def account(sound: Ready, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """The account that the ledgers are about; its secret is in the environment."""
    monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", sound.admin_secret)
    monkeypatch.delenv("KALTURA_CONFORMANCE_ADMIN_SECRET_FILE", raising=False)
    opened = Account(sound)
    yield opened
    opened.close()


def head(sound: Ready, **facts: Any) -> dict[str, Any]:
    told = {"event": "target", "number": 0, "url": sound.url, "partner_id": sound.partner_id}
    return told | {"profile": "ce", "schema": None, "embedded": False} | facts


def intent(number: int, service: str = "category") -> dict[str, Any]:
    place = {"number": number, "service": service, "action": "add"}
    return {"event": "intent", "marker": MARKER} | place


def created(number: int, made: Any, params: Any, service: str = "category") -> dict[str, Any]:
    place = {"number": number, "service": service, "action": "add"}
    return {"event": "created", "id": made, "params": params} | place


def left_by(folder: Path, *events: dict[str, Any]) -> str:
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(event) + "\n" for event in events)
    (folder / "ledger.jsonl").write_text(text, encoding="utf-8")
    return str(folder)


def test_what_was_created_is_removed(
    account: Account, sound: Ready, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every object of the ledger goes, the newest first, and each is named."""
    parent = account.category("parent")
    child = int(account.call("category", "add", category={"name": "c", "parentId": parent})["id"])
    events = [intent(1), created(1, parent, {"id": parent})]
    events += [intent(2), created(2, child, {"id": child})]
    code = invoke(["clean", left_by(tmp_path, head(sound), *events)])

    assert code == 0
    assert capsys.readouterr().out == (
        f"category {child}  removed\ncategory {parent}  removed\n2 of 2 removed, 0 left\n"
    )
    assert not account.has(parent)


def test_what_was_cleaned_needs_no_second_time(
    account: Account, sound: Ready, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger notes what went, so that cleaning again asks nobody."""
    made = account.category("once")
    run = left_by(tmp_path, head(sound), intent(1), created(1, made, {"id": made}))
    codes = [invoke(["clean", run]), invoke(["clean", run, "--target", "http://127.0.0.1:9"])]

    assert codes == [0, 0]
    assert capsys.readouterr().out.endswith("nothing is left\n")


def test_an_object_that_is_gone_counts_as_removed(
    account: Account, sound: Ready, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody else removed it: nothing is left."""
    made = account.category("gone")
    account.call("category", "delete", id=made)
    code = invoke(
        ["clean", left_by(tmp_path, head(sound), intent(1), created(1, made, {"id": made}))]
    )

    assert code == 0
    assert "was gone" in capsys.readouterr().out


def test_an_object_whose_add_was_not_answered_is_found_by_its_mark(
    account: Account, sound: Ready, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The killed run never read the id; the mark in the name is enough, and nothing else goes."""
    ours, theirs = account.category(f"{MARKER}-x1 ours"), account.category("theirs")
    code = invoke(["clean", left_by(tmp_path, head(sound), intent(1))])

    assert code == 0
    assert (account.has(ours), account.has(theirs)) == (False, True)
    assert "found and removed" in capsys.readouterr().out


def test_an_entry_without_content_is_found_as_well(
    account: Account, sound: Ready, tmp_path: Path
) -> None:
    """Lists leave out what is not ready; the search asks for every status."""
    entry = account.call(
        "media", "add", entry={"objectType": "KalturaMediaEntry", "name": MARKER, "mediaType": 1}
    )
    code = invoke(["clean", left_by(tmp_path, head(sound), intent(1, "media"))])
    wanted = {"idEqual": entry["id"]}

    assert code == 0
    assert account.call("media", "list", filter=wanted)["totalCount"] == 0


def test_an_add_that_made_nothing_leaves_nothing(
    account: Account,  # noqa: ARG001 - sets the secret
    sound: Ready,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The add went out and never arrived: no object carries the mark."""
    code = invoke(["clean", left_by(tmp_path, head(sound), intent(1, "playlist"))])

    assert code == 0
    assert "playlist marked" in capsys.readouterr().out


def test_what_no_action_removes_stays_and_is_told(
    account: Account,  # noqa: ARG001 - sets the secret
    sound: Ready,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit 1 as long as something is left."""
    events = [intent(1, "widget"), created(1, "0_abc", None, "widget")]
    code = invoke(["clean", left_by(tmp_path, head(sound), *events)])

    assert code == 1
    assert capsys.readouterr().out == (
        "widget 0_abc  no action removes it\n0 of 1 removed, 1 left\n"
    )


def test_a_wrong_secret_removes_nothing(
    account: Account,
    sound: Ready,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit 3 as for `run`, and the ledger stays as it was."""
    made = account.category("kept")
    run = left_by(tmp_path, head(sound), intent(1), created(1, made, {"id": made}))
    before = (tmp_path / "ledger.jsonl").read_bytes()
    monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", "x" * 32)
    code = invoke(["clean", run])

    assert code == 3
    assert "START_SESSION_ERROR" in capsys.readouterr().err
    assert (tmp_path / "ledger.jsonl").read_bytes() == before
    assert account.has(made)


def test_the_embedded_server_takes_everything_with_it(
    sound: Ready, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run without a target leaves nothing: its server is gone."""
    events = [head(sound, embedded=True), intent(1), created(1, 7, {"id": 7})]
    code = invoke(["clean", left_by(tmp_path, *events)])

    assert code == 0
    assert "went with the embedded server" in capsys.readouterr().out


def test_a_ledger_that_was_cut_is_read_up_to_there(
    account: Account, sound: Ready, tmp_path: Path
) -> None:
    """The last line of a killed run may be half a line."""
    made = account.category("before the cut")
    run = left_by(tmp_path, head(sound), intent(1), created(1, made, {"id": made}))
    with (tmp_path / "ledger.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"event":"inte')
    codes = [invoke(["clean", run]), invoke(["clean", run])]

    assert codes == [0, 0]
    assert not account.has(made)
