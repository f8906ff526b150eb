"""Single values: ISBNs, dates, texts."""

from datetime import date

import pytest

from users.imports.cell_reader import CellReader
from users.imports.dates import parse_date, parse_day
from users.imports.formats.table_format import TableRow
from users.imports.texts import convert_html, invert_name, split_names, strip_series, unique_names
from users.imports.values import InvalidValue, parse_boolean, parse_format, parse_isbn, parse_rating, parse_year


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("9780142402498", "9780142402498"),
        ("978-0-14-240249-8", "9780142402498"),
        ("0142402494", "9780142402498"),
        ("142402494", "9780142402498"),
        ("9780142402498.0", "9780142402498"),
        ("080442957X", "9780804429573"),
        ("80442957x", "9780804429573"),
        ("", None),
    ],
)
def test_isbn(text: str, isbn: str | None) -> None:
    assert parse_isbn(text) == isbn


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9.78E+12", "spreadsheet has rounded"),
        ("9,78014E+12", "spreadsheet has rounded"),
        ("142402495", "removed zeros"),  # nine characters with a wrong check digit
        ("7442912", "removed zeros"),  # three zeros are missing
        ("9780142402499", "check digit"),
        ("2940012572707", "start"),
        ("9780142402498 0142402494", "not an ISBN"),
        ("B0084FWN26", "not an ISBN"),
        ("1" * 5_000, "not an ISBN"),
    ],
)
def test_uncertain_isbn(text: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message) as caught:
        parse_isbn(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024/03/09", "2024-03-09"),
        ("2024-3-9", "2024-03-09"),
        ("2024.03.09", "2024-03-09"),
        ("2024-03-09T23:59:59Z", "2024-03-09"),
        ("2024-03-09 00:30:00.123 +0200", "2024-03-09"),
        ("2024-03-09T00:30+02:00", "2024-03-09"),
        ("2024/03", "2024-03"),
        ("2024", "2024"),
        ("15.03.2024", "2024-03-15"),
        ("3/15/2024", "2024-03-15"),
        ("15/3/2024", "2024-03-15"),
        ("05/05/2024", "2024-05-05"),
    ],
)
def test_date(text: str, expected: str) -> None:
    assert str(parse_date(text)) == expected


@pytest.mark.parametrize(
    "text",
    ["3/9/2024", "09.03.2024", "9-3-2024", "2024-02-30", "2024/13/01", "13/13/2024", "0000-01-01", "24-03-09",
     "03/09/24", "March 9, 2024", "2024-03/09", "20240309", "45000", "2024-", "2024-03-09T", "٢٠٢٤-03-09"],
)  # fmt: skip
def test_uncertain_date(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_date(text)


def test_whole_dates() -> None:
    assert parse_day("2024/03/09") == date(2024, 3, 9)
    assert parse_day("") is None
    for text in ("2024", "2024-03"):
        with pytest.raises(InvalidValue, match="has no day"):
            parse_day(text)


@pytest.mark.parametrize("text", ["-1", "6", "5.5", "1e1", "NaN", "Infinity", "★★★", "4/5", "٤", "1_0"])
def test_invalid_rating(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_rating(text)


def test_scale_of_rating() -> None:
    assert parse_rating("7", scale=10) == 3.5
    assert parse_rating("0", scale=10) is None
    with pytest.raises(InvalidValue, match="from 0 to 10"):
        parse_rating("11", scale=10)


def test_unknown_year() -> None:
    assert [parse_year(text) for text in ("", "0", "-50", "1965.0")] == [None, None, -50, 1965]
    with pytest.raises(InvalidValue):
        parse_year("9999")


def test_boolean() -> None:
    assert [parse_boolean(text) for text in ("Yes", "TRUE", "1", "no", "False", "0", "")] == [True] * 3 + [
        False
    ] * 3 + [None]
    with pytest.raises(InvalidValue):
        parse_boolean("perhaps")


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ("Kindle Edition", "ebook"), ("kindle_edition", "ebook"), ("ebook", "ebook"), ("Audiobook", "audio"),
        ("Audio CD", "audio"), ("Audible Audio", "audio"), ("Mass Market Paperback", "paper"), ("Hardcover", "paper"),
        ("Unknown Binding", None), ("Broschiert", None), ("", None),
    ],
)  # fmt: skip
def test_format(binding: str, expected: str | None) -> None:
    assert parse_format(binding) == expected


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a<br/><br />b<BR>c", "a\n\nb\nc"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a<br>b</div><div>c</div>", "a\nb\nc"),
        ("<div><p>a </p>\n<p> b</p></div>", "a\n\nb"),
        ("a <br/><br/><br/> b", "a \n\n\n b"),
        ('<a href="https://example.org/?a=1&amp;b=2" rel="x">a</a> &amp; b', "a & b"),
        ("<b>I</b> <3 it, 1 < 2 > 0 <sighs>", "I <3 it, 1 < 2 > 0 <sighs>"),
        ("&lt;b&gt; &amp;lt; &nbsp;AT&T; &#8217;", "<b> &lt;  AT&T; ’"),
        ("<spoiler>x</spoiler>", "[spoiler]x[/spoiler]"),
        ("a\r\nb\rc\n\n\n\nd", "a\nb\nc\n\n\n\nd"),
        ("a\x00b&#0;c&#xd800;", "ab\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}"),
        ("a < b", "a < b"),
        ("<i", "<i"),
    ],
)
def test_review_in_html(text: str, plain: str) -> None:
    assert convert_html(text) == plain


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The Hero of Ages (Mistborn, #3)", "The Hero of Ages"),
        ("Gideon the Ninth (The Locked Tomb #1)", "Gideon the Ninth"),
        ("A (B, #1-3)", "A"),
        ("A (B #0.8)", "A"),
        ("Mort (Discworld, #4; Death, #1)", "Mort"),
        ("A (B) (C, #1)", "A (B)"),
        ("Memorial do Convento (José Saramago): Analise da Obra", None),
        ("Memorial do Convento (José Saramago)", None),
        ("The Gulag Archipelago 1918–1956 (Abridged)", None),
        ("We (are #1 here)", None),
        ("A (#1)", None),
        ("(Mistborn, #3)", None),
        ("A (B, #1) C", None),
        ("A (B, volume 2)", None),
        ("A (B (C), #1)", None),
        ("", None),
    ],
)
def test_series_in_title(title: str, expected: str | None) -> None:
    assert strip_series(title) == (title if expected is None else expected)


def test_names() -> None:
    assert invert_name("Le Guin, Ursula K.") == "Ursula K. Le Guin"
    assert invert_name("King, Martin Luther, Jr.") == "Martin Luther King, Jr."
    unchanged = ["Plato", "Plato,", "Robert Downey, Jr.", "Springer, Berlin, Heidelberg"]
    assert [invert_name(name) for name in unchanged] == unchanged
    assert split_names("A B, C  D,, Jr., E") == ["A B", "C D, Jr.", "E"]
    assert unique_names(["Sci-Fi", " sci-fi ", "", "a\tb"]) == ("Sci-Fi", "a b")


def test_limits_are_reported() -> None:
    cells = CellReader(
        TableRow.of(
            2, {"Title": "t" * 501, "Author": "a" * 301, "Review": "x" * 10_001, "Tags": "y" * 101, "Id": "1" * 65}
        )
    )

    assert cells.title("title") is None
    assert cells.authors("author", [cells.line("author"), "Ann"]) == ("Ann",)
    assert cells.html("review") == "x" * 10_000
    assert cells.tags("tags", [cells.line("tags"), "z"]) == ("z",)
    assert cells.key("id") is None
    assert [problem.field for problem in cells.problems] == ["Title", "Author", "Review", "Tags", "Id"]
    assert "10,001" in cells.problems[2].message


def test_problem_names_the_column_of_the_file() -> None:
    cells = CellReader(TableRow.of(2, {"DATE read": "soon"}))

    assert cells.date("Date Read") is None
    assert [problem.field for problem in cells.problems] == ["DATE read"]
