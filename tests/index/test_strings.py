"""Tables of strings: what is found by number and by text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.index.embedded.strings import Strings

TEXTS = st.text(st.sampled_from("ab面霜\U0001f9f4\ud800"), max_size=4)


@given(st.sets(TEXTS), st.lists(TEXTS, max_size=20))
def test_many_are_found_as_each_is(held: set[str], wanted: list[str]) -> None:
    table = Strings.of(sorted(held))
    numbers = table.find_all(wanted).tolist()
    assert numbers == [table.find(text) for text in wanted]
    assert [n >= 0 for n in numbers] == [text in held for text in wanted]
