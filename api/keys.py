"""Keys to a library over HTTP: made here, told once, kept as hashes."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from engine.errors import BadOption, Damaged, NotFound
from engine.model import CHINA

Role = Literal["read", "write", "admin"]
ROLES: tuple[Role, ...] = ("read", "write", "admin")  # each may what those before it may
_NAME = re.compile(r"[\w-]{1,60}")
_MARK = "nr_"  # by which a key is known in a file or a log


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: the SHA-256 of 32 random bytes needs no salt."""

    name: str
    role: Role
    sha256: str
    created_at: str


class Keys:
    """The keys of one library, in `keys.json`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "keys.json"

    def all(self) -> list[Key]:
        """The keys, by name; Damaged when the file is not what was written."""
        try:
            rows = json.loads(self._path.read_text("utf-8"))
            return [Key(**row) for row in rows]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError, AttributeError) as error:
            raise Damaged(f"{self._path} cannot be read", "delete it and make new keys") from error

    def add(self, name: str, role: str) -> str:
        """Make a key; what is returned is told once and kept nowhere."""
        if role not in ROLES:
            raise BadOption(f"no role '{role}'", f"use {', '.join(ROLES)}")
        if not _NAME.fullmatch(name):
            raise BadOption(f"'{name}' is no name", "use letters, figures, - and _, at most 60")
        known = self.all()
        if any(key.name == name for key in known):
            raise BadOption(f"there is a key '{name}'", "drop it first, or choose another name")
        secret = _MARK + secrets.token_urlsafe(32)
        now = datetime.now(CHINA).isoformat(timespec="seconds")
        self._write([*known, Key(name, role, _hash(secret), now)])
        return secret

    def drop(self, name: str) -> None:
        """Take a key away; NotFound when there is none of the name."""
        known = self.all()
        kept = [key for key in known if key.name != name]
        if len(kept) == len(known):
            raise NotFound(f"no key '{name}'", "see `noterank keys list`")
        self._write(kept)

    def holder(self, secret: str) -> Key | None:
        """The key that a secret is; every kept hash is compared, in constant time."""
        given = _hash(secret).encode()
        found = None
        for key in self.all():
            if hmac.compare_digest(given, key.sha256.encode()):
                found = key
        return found

    def _write(self, keys: list[Key]) -> None:
        rows = [asdict(key) for key in sorted(keys, key=lambda key: key.name)]
        temporary = self._path.with_suffix(".tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(rows, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._path)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
