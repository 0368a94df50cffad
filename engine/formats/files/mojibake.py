"""Text that was read in a wrong encoding and saved again -> the text it was."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.errors import BadFile

Mend = Callable[[str], str]

_TWICE = re.compile("[\u00c3-\u00ef][\u0080-\u00bf\u0152-\u0178\u2013-\u2122\u20ac]")
_HAN = re.compile("[\u4e00-\u9fff]")
_BYTES = {  # what windows-1252 shows for bytes, and latin-1 for those it has no sign for
    **{bytes([byte]).decode("latin-1"): byte for byte in range(256)},
    **{
        bytes([byte]).decode("cp1252"): byte
        for byte in range(0x80, 0xA0)
        if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    },
}


_RUN = re.compile("[" + re.escape("".join(char for char in _BYTES if ord(char) > 0x7F)) + "]{2,}")


def mender(sample: str) -> Mend | None:
    """What makes the text of a file right again; None when nothing is wrong with the sample.

    Raises BadFile when UTF-8 was read as GBK and bytes were lost on the way.
    """
    if sample.isascii():
        return None
    if _TWICE.search(sample):
        gained = len(_HAN.findall(_single_bytes(sample))) - len(_HAN.findall(sample))
        if gained > 1:
            return _single_bytes
    return _of_gbk if _was_gbk(sample) else None


def _single_bytes(text: str) -> str:
    """Each run of characters that are bytes of UTF-8, decoded; other text as it is."""
    return text if text.isascii() else _RUN.sub(_run, text)


def _run(match: re.Match[str]) -> str:
    try:
        return bytes(_BYTES[char] for char in match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


# --- UTF-8 that was read as GBK ----------------------------------------------------------------


_SIGNS = re.compile(  # what the words of headers become, and U+FFFD itself
    "绗旇|鏍囬|姝ｆ枃|鐐硅禐|閾炬帴|鍙戝竷|鍐呭|浣滃搧|璇勮|鏀惰棌|鍏抽敭|绮変笣|(?:锟斤拷.{0,20}){3}"
)


def _was_gbk(sample: str) -> bool:
    """Bytes of GBK that are UTF-8 as well: those of Chinese text hardly ever are.

    Raises BadFile when most of the text comes back and some is lost.
    """
    again = _of_gbk(sample)
    clean, lost = len(_HAN.findall(again)), again.count("\ufffd") + sample.count("\ufffd")
    whole = clean > 1 and clean > lost
    if not whole and not _SIGNS.search(sample):
        return False
    if lost or not whole:
        raise BadFile(
            "the text is UTF-8 that was read as GBK and saved again, and characters were lost",
            "export it once more, and open it as UTF-8 before saving it",
        )
    return True


def _of_gbk(text: str) -> str:
    if text.isascii():
        return text
    return text.replace("\ufffd", "?").encode("gb18030", "replace").decode("utf-8", "replace")
