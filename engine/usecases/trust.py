"""fidelity, calibrate: how far to trust the order, and weights fitted to pages really observed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.engine import Engine
from engine.errors import BadInput
from engine.insight.calibration import Calibration, Calibrator
from engine.insight.fidelity import Comparer, Fidelity
from engine.insight.observed import Observed, stored_pages
from engine.model import Progress, quiet
from engine.rows.trust_rows import (
    calibration_meta,
    change_table,
    fidelity_table,
    orders_table,
    verdict,
)
from engine.snapshot import LibrarySnapshot
from engine.usecases.answer import Answer, asked
from engine.usecases.limits import PAGES, PLACES, at_most

STORED = Observed((), ())  # no page is given: those that the library's imports have observed


@dataclass(frozen=True, slots=True)
class TrustQuestion:
    """Observed pages, or none for those of the library, and the moment to compare at.

    Pages of the library that look like another sort than they declare are left out unless
    `trust_sort`.
    """

    observed: Observed = STORED
    now: datetime | None = None
    trust_sort: bool = False


def fidelity(
    engine: Engine, question: TrustQuestion = TrustQuestion(), progress: Progress = quiet
) -> Answer[Fidelity]:
    """Agreement of the order with observed pages, beside baselines."""

    def compare(library: LibrarySnapshot) -> tuple[Observed, Fidelity]:
        observed = _pages(library, question)
        return observed, Comparer(library).fidelity(observed.pages, library.rule_set, progress)

    (observed, agreement), of_state = asked(engine, compare, question.now)
    meta = {
        **of_state,
        "orders": list(orders_table(agreement).rows),
        "missing": agreement.missing,
        "left_out": list(observed.left_out),
    }
    return Answer(fidelity_table(agreement), meta, agreement)


def calibrate(
    engine: Engine,
    question: TrustQuestion = TrustQuestion(),
    keep: bool = False,
    progress: Progress = quiet,
) -> Answer[Calibration]:
    """Weights fitted to observed pages; with `keep` they become the library's, if they are
    better beyond their interval."""

    def fit(library: LibrarySnapshot) -> Calibration:
        observed = _pages(library, question)
        return Calibrator(library).calibrate(observed.pages, library.rule_set, progress)

    calibration, of_state = asked(engine, fit, question.now)
    kept = keep and calibration.better
    if kept:
        remark = f"Fitted to observed pages.\n{verdict(calibration)}"
        engine.keep_rules(calibration.rules, remark)
    meta = {**of_state, **calibration_meta(calibration), "kept": kept}
    return Answer(change_table(calibration), meta, calibration)


def _pages(library: LibrarySnapshot, question: TrustQuestion) -> Observed:
    observed = question.observed
    if not observed.pages:
        observed = stored_pages(library.store, question.trust_sort)
    if not observed.pages:
        why = "; ".join(observed.left_out) or "no import had places"
        raise BadInput(
            f"the library has observed no general page ({why})",
            "give pages: keyword, position, note",
        )
    at_most(observed.pages, PAGES, "pages")
    for page in observed.pages:
        at_most(page.note_ids, PLACES, f"notes on the page of '{page.keyword}'")
    return observed
