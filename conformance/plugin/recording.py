"""Writes the files of a run while it goes on; everything passes the redactor here."""

from __future__ import annotations

import os
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from conformance.exceptions import UsageError
from conformance.verdict.outcome import Outcome
from conformance.verdict.result import CheckResult, Footer, Header
from conformance.wire.record import exchange_to_record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.verdict.run import Run
    from conformance.wire.exchange import Exchange
    from conformance.wire.redaction import Redactor

TOLD = frozenset({Outcome.FAILED.word, Outcome.WAIVED.word, Outcome.INCONCLUSIVE.word})
"""Outcomes whose exchanges are kept whole."""


class JsonLines:
    """A file of one JSON value a line, flushed as it grows."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self._file = path.open("wb")
        self._redactor = redactor
        self._lock = Lock()
        self._digest = sha256()

    def write(self, value: Any) -> None:
        """Append one value, redacted."""
        line = self._redactor.data(msgspec.json.encode(value)) + b"\n"
        with self._lock:
            self._file.write(line)
            self._digest.update(line)

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        with self._lock:
            self._file.flush()

    @property
    def sha256(self) -> str:
        """The digest of all lines so far."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()


class Recording:
    """The folder of a run: results, traffic and ledger as they happen, the summary at the end."""

    def __init__(self, folder: Path, redactor: Redactor, *, record_all: bool) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # A folder may be used again; the old summary must not stand for the new run.
            (folder / "run.json").unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(
                f"no folder for the run's files: {error.strerror}", place=str(folder)
            ) from error
        self.folder = folder
        self._redactor = redactor
        self._record_all = record_all
        self._results = JsonLines(folder / "results.jsonl", redactor)
        self._traffic = JsonLines(folder / "traffic.jsonl", redactor)
        self._ledger = JsonLines(folder / "ledger.jsonl", redactor)
        self._testimony: JsonLines | None = None
        self._whole: set[int] = set()
        self._lock = Lock()

    def schema(self, content: bytes) -> None:
        """Keep the schema that the checks are derived from: a run is read without its server."""
        (self.folder / "schema.xml").write_bytes(content)

    def profile(self, resolved: Any) -> None:
        """Keep the profile as it was resolved: the plan can be made again from it."""
        text = self._redactor.data(msgspec.json.encode(resolved))
        (self.folder / "profile.json").write_bytes(text)

    def testimony(self, question: Any) -> None:
        """Keep what an oracle was asked; the file is there only where anything is kept."""
        with self._lock:
            if self._testimony is None:
                self._testimony = JsonLines(self.folder / "testimony.jsonl", self._redactor)
        self._testimony.write(question)

    def observed(self, types: Any) -> None:
        """Keep what types the answers had."""
        text = self._redactor.data(msgspec.json.encode({"types": types}))
        (self.folder / "observed.json").write_bytes(text)

    def header(self, header: Header) -> None:
        """Open the results with the plan that they belong to."""
        self._results.write(header)

    def ledger(self, event: Any) -> None:
        """Append to the ledger and make sure that a killed run leaves it readable."""
        self._ledger.write(event)
        self._ledger.flush()

    def exchange(self, exchange: Exchange) -> None:
        """Note an exchange: whole if all is recorded, else its digest."""
        if self._record_all:
            self._keep(exchange)
            return
        self._traffic.write(
            {
                "n": exchange.number,
                "action": exchange.action,
                "session": exchange.session,
                "status": exchange.response.status,
                "elapsed_ms": round(exchange.elapsed_ms, 2),
                "size": len(exchange.response.body),
                "sha256": sha256(exchange.response.body).hexdigest(),
            }
        )

    def finding(self, identity: str, program: str, curl: str) -> Path:
        """Write a finding's program and curl lines; the folder that holds them.

        They are not redacted, which would break them: whoever made them keeps secrets out.
        """
        folder = self.folder / "findings" / identity
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("reproduce.py", program), ("curl.sh", curl)):
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    def without_secrets(self, text: str) -> str:
        """A text as it may be written into any file of the run."""
        return self._redactor.text(text)

    def not_reproduced(self, identity: str, why: str) -> None:
        """Write down why a finding has no program."""
        folder = self.folder / "findings" / identity
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "why-not.txt").write_text(self._redactor.text(why) + "\n", encoding="utf-8")

    def withdraw(self, identity: str) -> None:
        """Remove a finding's program, which does not show it."""
        folder = self.folder / "findings" / identity
        for name in ("reproduce.py", "curl.sh"):
            (folder / name).unlink(missing_ok=True)

    def result(self, result: CheckResult, evidence: Iterable[Exchange]) -> None:
        """Append a check's result; keep its exchanges whole where they are evidence."""
        if result.outcome in TOLD:
            for exchange in evidence:
                self._keep(exchange)
        self._results.write(result)
        self._results.flush()

    def finish(
        self,
        run: Run,
        *,
        counts: dict[str, int],
        ended: Literal["complete", "interrupted", "time limit"],
    ) -> None:
        """Close the files; `run.json` comes last and at once, so that it stands for a whole run."""
        self._results.write(Footer(counts=counts, sha256=self._results.sha256, ended=ended))
        self.close()
        self.summary(run)

    def summary(self, run: Run) -> None:
        """Write `run.json` at once, in the place of the one that is there."""
        text = msgspec.json.format(self._redactor.data(msgspec.json.encode(run)), indent=2)
        partial = self.folder / "run.json.partial"
        with partial.open("wb") as file:
            file.write(text + b"\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / "run.json")

    def close(self) -> None:
        """Close the files; a folder without `run.json` is a run that did not end."""
        for lines in (self._results, self._traffic, self._ledger, self._testimony):
            if lines is not None:
                lines.close()

    def _keep(self, exchange: Exchange) -> None:
        if exchange.number in self._whole:
            return
        self._whole.add(exchange.number)
        self._traffic.write(exchange_to_record(self._redactor.exchange(exchange)))
