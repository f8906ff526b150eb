"""Folding: the form in which text is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import MAX_KEY_LENGTH, fold, fold_to_key, to_printable


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


@pytest.mark.parametrize(
    ("text", "printable"),
    [
        ("a\x00b\x1b[31m", r"a\x00b\x1b[31m"), ("x\u202ey\u2066", r"x\u202ey\u2066"),
        ("a\nb\r\u2028", r"a\nb\r\u2028"),
        ("\ud800", r"\ud800"), ("\x9b2J", r"\x9b2J"),
        ("“Émile” – £1\u00a02, 雪国, 📚", "“Émile” – £1\u00a02, 雪国, 📚"),
    ],
)  # fmt: skip
def test_control_characters_are_escaped(text: str, printable: str) -> None:
    assert to_printable(text) == printable


@given(st.text(alphabet=st.characters()))
def test_printable_text_can_be_stored_and_shown(text: str) -> None:
    printable = to_printable(text)

    assert printable.encode().decode() == printable
    assert not any(character < " " for character in printable)
    assert to_printable(printable) == printable
