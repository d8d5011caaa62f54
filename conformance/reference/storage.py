"""Objects of all services in one SQLite table, with a decoded copy of each in memory.

The copy answers reads; SQLite is what survives a restart. Nothing here knows a schema.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Document = dict[str, Any]

_TABLE = """
CREATE TABLE IF NOT EXISTS objects (
  family TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL, partner INTEGER NOT NULL,
  owner TEXT NOT NULL, type TEXT NOT NULL, deleted INTEGER NOT NULL, document BLOB NOT NULL,
  PRIMARY KEY (family, key));
CREATE TABLE IF NOT EXISTS contents (
  name TEXT PRIMARY KEY, content BLOB NOT NULL, content_type TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Record(Struct):
    """One stored object. `number` gives the order of creation over all families."""

    family: str
    key: str
    number: int
    partner: int
    owner: str
    document: Document
    deleted: bool = False

    @property
    def type(self) -> str:
        """The stored class."""
        return str(self.document["objectType"])


class Storage:
    """A store of records by family and key; safe to share between threads."""

    def __init__(self, database: str | Path = ":memory:") -> None:
        """Open the database and read what it already holds."""
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        # An application that is only dropped, as most tests do, leaves no connection open.
        self._close = weakref.finalize(self, self._connection.close)
        self._connection.execute("PRAGMA journal_mode = MEMORY")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_TABLE)
        self._families: dict[str, dict[str, Record]] = {}
        self._last_number = 0
        self._read_all()

    def _read_all(self) -> None:
        """Fill the memory from the database."""
        rows = self._connection.execute(
            "SELECT family, key, number, partner, owner, document, deleted FROM objects"
            " ORDER BY number"
        )
        for family, key, number, partner, owner, document, deleted in rows:
            record = Record(
                family, key, number, partner, owner, msgspec.json.decode(document), bool(deleted)
            )
            self._families.setdefault(family, {})[key] = record
            self._last_number = max(self._last_number, number)

    def close(self) -> None:
        """Close the database."""
        self._close()

    def next_number(self) -> int:
        """A number that no record has had before."""
        with self._lock:
            self._last_number += 1
            return self._last_number

    def put(self, record: Record) -> None:
        """Write a record, new or changed."""
        with self._lock:
            self._families.setdefault(record.family, {})[record.key] = record
            self._connection.execute(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.family,
                    record.key,
                    record.number,
                    record.partner,
                    record.owner,
                    record.type,
                    record.deleted,
                    msgspec.json.encode(record.document),
                ),
            )

    def get(self, family: str, key: str) -> Record | None:
        """The record of that key, deleted or not."""
        return self._families.get(family, {}).get(key)

    def remove(self, record: Record) -> None:
        """Forget a record for good."""
        with self._lock:
            self._families.get(record.family, {}).pop(record.key, None)
            self._connection.execute(
                "DELETE FROM objects WHERE family = ? AND key = ?", (record.family, record.key)
            )

    def all(self, family: str) -> Iterator[Record]:
        """The living records of a family in order of creation."""
        with self._lock:
            records = list(self._families.get(family, {}).values())
        return (record for record in records if not record.deleted)

    def put_content(self, name: str, content: bytes, content_type: str) -> None:
        """Keep the bytes of an uploaded or attached file."""
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO contents VALUES (?, ?, ?)", (name, content, content_type)
            )

    def content(self, name: str) -> tuple[bytes, str] | None:
        """The bytes and content type kept under a name."""
        with self._lock:
            row = self._connection.execute(
                "SELECT content, content_type FROM contents WHERE name = ?", (name,)
            ).fetchone()
        return (row[0], row[1]) if row else None

    def setting(self, name: str, default: str) -> str:
        """A setting, stored with its default the first time it is asked for."""
        with self._lock:
            self._connection.execute(
                "INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, default)
            )
            row = self._connection.execute(
                "SELECT value FROM settings WHERE name = ?", (name,)
            ).fetchone()
        return str(row[0])
