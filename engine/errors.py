"""Everything the engine refuses, each with the place and the cure.

NoterankError
├── BadInput
│   ├── BadFile        an export that cannot be read as a whole
│   ├── BadRow         one row of an export
│   ├── BadQuery       a query past its limits
│   ├── BadRules       a rule set that does not parse
│   ├── BadLexicon     a lexicon line that does not parse
│   ├── BadPortrait    a portrait file that does not parse
│   └── BadOption      an option or a parameter out of range
├── NotFound           a note or a library that is not there
├── LibraryBusy        another process is writing
├── StaleIndex         the index was made by another lexicon, analysis or version
└── Damaged            stored bytes that are not what was written
    └── DamagedIndex   of the index, which can be made again from the notes
"""

from typing import ClassVar


class NoterankError(Exception):
    """A refusal: what is wrong, where, and what to do about it.

    `problem` names the fault and its place, `cure` the next step; both are one line. `code` names
    the kind of refusal at every door; it does not change.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, problem: str, cure: str) -> None:
        super().__init__(f"{problem}; {cure}")
        self.problem = problem
        self.cure = cure


class BadInput(NoterankError):
    """The user gave something that cannot be used."""

    code = "bad_input"


class BadFile(BadInput):
    """An export that cannot be read as a whole."""

    code = "bad_file"


class BadRow(BadInput):
    """One row of an export; `reason` goes to the quality report, the row to `rejected/`."""

    code = "bad_row"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, "mend the row and import it again")
        self.reason = reason


class BadQuery(BadInput):
    """A query past its limits."""

    code = "bad_query"


class BadRules(BadInput):
    """A rule set that does not parse."""

    code = "bad_rules"


class BadLexicon(BadInput):
    """A lexicon line that does not parse."""

    code = "bad_lexicon"


class BadPortrait(BadInput):
    """A portrait file that does not parse."""

    code = "bad_portrait"


class BadOption(BadInput):
    """An option or a parameter out of range."""

    code = "bad_option"


class NotFound(NoterankError):
    """A note or a library that is not there."""

    code = "not_found"


class LibraryBusy(NoterankError):
    """Another process is writing."""

    code = "library_busy"


class StaleIndex(NoterankError):
    """The index was made by another lexicon, analysis or version."""

    code = "stale_index"


class Damaged(NoterankError):
    """Stored bytes that are not what was written."""

    code = "damaged"


class DamagedIndex(Damaged):
    """Bytes of the index, which can be made again from the notes."""

    code = "damaged_index"
