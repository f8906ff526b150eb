import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.search import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Émile  ZOLA", "emile zola"), ("Straße", "strasse"), ("100% _sure_", "100% _sure_"), ("ﬁn", "fin"), ("", "")],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
