"""Where a page ended, as an opaque word: good for one question on one state of the library."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, replace

from engine.errors import BadOption
from engine.ranking.searcher import SearchRequest

_SIGNED = 12  # bytes of the signature


@dataclass(frozen=True, slots=True)
class Question:
    """What is paged through, and of which state; that has the rule set and the moment in it."""

    words: str
    asked: SearchRequest
    state_id: str

    def cursor(self, offset: int) -> str:
        """The cursor of the page that begins after `offset` results."""
        place = offset.to_bytes(6, "big").lstrip(b"\0")
        return base64.urlsafe_b64encode(self._signature(place) + place).decode().rstrip("=")

    def offset(self, cursor: str) -> int:
        """Where the page of a cursor begins; BadOption for a cursor that is not of this question.

        Limits may differ from page to page: it is no part of the question how much is shown.
        """
        try:
            signed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            signed = b""
        place = signed[_SIGNED:]
        if not place or not hmac.compare_digest(signed[:_SIGNED], self._signature(place)):
            raise BadOption(
                "this cursor is of another question, or of an index that has changed since",
                "begin again without `cursor`",
            )
        return int.from_bytes(place, "big")

    def _signature(self, place: bytes) -> bytes:
        plain = replace(self.asked, limit=1, offset=0, explain=False, facets=False)
        said = repr((self.words, plain)).encode()
        return hmac.digest(self.state_id.encode(), said + b"\0" + place, hashlib.sha256)[:_SIGNED]
