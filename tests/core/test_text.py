"""Folding: the form in which text is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import MAX_KEY_LENGTH, fold, fold_to_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Émile  ZOLA", "emile zola"), ("Straße", "strasse"), ("100% _sure_", "100% _sure_"), ("ﬁn", "fin"), ("", "")],
)
def test_case_accents_and_spaces_are_removed(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Don't Panic!", "dont panic"), ("Spider-Man", "spider man"), ("Heights: A Novel", "heights a novel"),
        ("Don´t", "dont"), ("soft\u00adhyphen", "softhyphen"), ("C# & C++", "c# & c++"),
        ("“Quoted” — and… more", "quoted and more"), ("?!", "?!"), (" ... ", "..."),
    ],
)  # fmt: skip
def test_punctuation_separates_words_and_apostrophes_do_not(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_equals_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_keys_are_cut() -> None:
    assert fold_to_key("É" * 1_000) == "e" * MAX_KEY_LENGTH
    assert fold_to_key("a" * (MAX_KEY_LENGTH - 1) + " b") == "a" * (MAX_KEY_LENGTH - 1)
