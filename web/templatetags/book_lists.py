"""Template tags of the parts that lists repeat: books in a grid or in rows, and the choices of a facet.

They are formatted in Python, because included templates took half of the time of a page that is not cached.
"""

from urllib.parse import quote

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from books.availability import Availability, describe
from books.book_rows import BookRow
from books.facets.catalogue_facets import Choice, Facet
from web.cards import GRID_WIDTH, ROW_WIDTH
from web.templatetags.web import author_names, book_url, cover, page_url, price

register = template.Library()

CARD = """<li class="card">
  {cover}
  <h3><a href="{url}">{title}</a></h3>
  <p class="by">{by}</p>
  <p class="facts">{price}{rating}</p>
</li>
"""
ROW = """<li class="row">
  {cover}
  <div>
    <h3><a href="{url}">{title}</a></h3>
    <p class="soft">{credits}</p>
  </div>
  {trend}
  <p class="end">{price}{stock}</p>
</li>
"""
RATING = '<span class="soft" title="Rated {0} of 5 by the shop">★ <span class="hidden-visually">rated </span>{0}</span>'
CHOICE = """
      <li><a id="{}" href="?{}" rel="nofollow"><span>{}</span><span class="count">{}</span></a></li>"""
SELECTED_CHOICE = """
      <li><a id="{}" href="?{}" rel="nofollow" aria-current="true"><span>{}<span class="hidden-visually">, selected\
</span></span><span class="count">{}</span></a></li>"""


@register.simple_tag
def card(book: BookRow, query: str = "") -> SafeString:
    """A book of a grid. `query` is added to the address of its page."""
    return format_html(
        CARD,
        cover=cover(book, GRID_WIDTH),
        url=f"{book_url(book)}{query}",
        title=book["title"],
        by=author_names(book) or (book["category"] or {}).get("name", ""),
        price=format_price(book) or format_html('<span class="soft">{}</span>', book["first_publish_year"] or ""),
        rating=format_html(RATING, book["rating"]) if book["rating"] else "",
    )


@register.simple_tag
def card_row(book: BookRow) -> SafeString:
    """A book of a list. Its trend is shown if the row has one (web.cards)."""
    trend = book.get("trend")
    return format_html(
        ROW,
        cover=cover(book, ROW_WIDTH),
        url=book_url(book),
        title=book["title"],
        credits=link_credits(book),
        trend="" if trend is None else format_html('<span class="trend">{}</span>', trend),
        price=format_price(book),
        stock=describe_stock(book),
    )


@register.simple_tag
def facet_choices(facet: Facet) -> SafeString:
    """The links of a facet with their numbers of books."""
    return SafeString("".join(link_choice(facet.name, choice) for choice in facet.choices))


def link_choice(facet: str, choice: Choice) -> SafeString:
    layout = SELECTED_CHOICE if choice.is_selected else CHOICE
    return format_html(layout, f"{facet}-{quote(choice.label, safe='')}", choice.query, choice.label, choice.count)


def format_price(book: BookRow) -> SafeString:
    return format_html("<b>{}</b>", price(book)) if book["price"] else SafeString()


def link_credits(book: BookRow) -> SafeString:
    """The authors and the category, with links to their pages."""
    authors = format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        ((page_url("author", each["id"], each["name"]), each["name"]) for each in book["authors"]),
    )
    category = book["category"]
    if not category:
        return authors
    link = format_html('<a href="{}">{}</a>', page_url("category", category["id"], category["name"]), category["name"])
    return format_html("{} · {}", authors, link) if authors else link


def describe_stock(book: BookRow) -> SafeString:
    return stock_pill(book["availability"], book["stock"])


@register.simple_tag
def stock_pill(availability: str, stock: int | None) -> SafeString:
    """Nothing if the source does not state whether it has the book."""
    if availability == Availability.UNKNOWN:
        return SafeString()
    text = describe(availability, stock)
    return format_html('<span class="pill{}">{}</span>', " good" if availability == Availability.IN_STOCK else "", text)
