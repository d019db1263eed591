"""Numbers of questions and actions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studygroup.meeting.ledger import DIGITS, numbers_of

IDS = st.lists(st.text(alphabet="0123456789abcdef-", min_size=1, max_size=36), unique=True, max_size=60)


@given(IDS, st.randoms())
def test_a_number_stays_whatever_arrives_in_which_order(ids: list[str], chance: object) -> None:
    """A law: every thing has one number; with more things a number at most grows at its end."""
    shuffled = list(ids)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    numbers = numbers_of(shuffled)
    assert numbers == numbers_of(ids)
    assert len(set(numbers.values())) == len(ids)
    for one, number in numbers_of(ids[: len(ids) // 2]).items():
        assert numbers[one].startswith(number)


def test_things_whose_numbers_begin_alike_show_more_digits() -> None:
    """Among very many it happens; everybody else keeps the short number."""
    numbers = numbers_of(str(number) for number in range(2_000))
    lengths = [len(number) for number in numbers.values()]
    assert min(lengths) == DIGITS
    assert 2 <= sum(length > DIGITS for length in lengths) < 200
    assert all(number.isdecimal() for number in numbers.values())
