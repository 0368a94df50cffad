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


class NoterankError(Exception):
    """A refusal: what is wrong, where, and what to do about it.

    `problem` names the fault and its place, `cure` the next step; both are one line.
    """

    def __init__(self, problem: str, cure: str) -> None:
        super().__init__(f"{problem}; {cure}")
        self.problem = problem
        self.cure = cure


class BadInput(NoterankError):
    """The user gave something that cannot be used."""


class BadFile(BadInput):
    """An export that cannot be read as a whole."""


class BadRow(BadInput):
    """One row of an export; `reason` goes to the quality report, the row to `rejected/`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, "mend the row and import it again")
        self.reason = reason


class BadQuery(BadInput):
    """A query past its limits."""


class BadRules(BadInput):
    """A rule set that does not parse."""


class BadLexicon(BadInput):
    """A lexicon line that does not parse."""


class BadPortrait(BadInput):
    """A portrait file that does not parse."""


class BadOption(BadInput):
    """An option or a parameter out of range."""


class NotFound(NoterankError):
    """A note or a library that is not there."""


class LibraryBusy(NoterankError):
    """Another process is writing."""


class StaleIndex(NoterankError):
    """The index was made by another lexicon, analysis or version."""


class Damaged(NoterankError):
    """Stored bytes that are not what was written."""


class DamagedIndex(Damaged):
    """Bytes of the index, which can be made again from the notes."""
