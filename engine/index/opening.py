"""An index by its URL: the only place that names the backends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from engine.errors import BadOption
from engine.index.protocol import Index


def _embedded(url: str, fingerprint: str) -> Index:
    from engine.index.embedded import EmbeddedIndex  # brings the kernels

    return EmbeddedIndex(Path(unquote(urlsplit(url).path)), fingerprint)


_SCHEMES: dict[str, Callable[[str, str], Index]] = {"file": _embedded}


def open_index(where: str | Path, fingerprint: str) -> Index:
    """The index at a URL, or in a folder (`file:///…`), made by the analysis of a fingerprint.

    Raises BadOption for a scheme that no backend has.
    """
    url = where if isinstance(where, str) else where.absolute().as_uri()
    scheme = urlsplit(url).scheme
    if scheme not in _SCHEMES:
        raise BadOption(
            f"no index of the kind '{scheme}:'", f"use one of {', '.join(sorted(_SCHEMES))}"
        )
    return _SCHEMES[scheme](url, fingerprint)
