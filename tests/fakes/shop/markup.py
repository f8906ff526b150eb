"""The shop's pages: the structure, class names and words of books.toscrape.com, which is a django-oscar site."""

import re
from collections.abc import Sequence
from html import escape

from tests.fakes.shop.catalogue import ShopBook

WORDS = ["", "One", "Two", "Three", "Four", "Five"]
PAGE_SIZE = 20


def listing_page(books: Sequence[ShopBook], number: int, *, root: str) -> str:
    """Page `number` of the list of all books. `root` is the relative path from the page to the root of the shop."""
    count = page_count(books)
    first = (number - 1) * PAGE_SIZE
    page_books = books[first : first + PAGE_SIZE]
    showing = (
        f" - showing <strong>{first + 1}</strong> to <strong>{first + len(page_books)}</strong>" if count > 1 else ""
    )
    items = "\n".join(f'<li class="col-xs-6">{_pod(book, root)}</li>' for book in page_books)
    return _page(
        "All products",
        f"""<ul class="breadcrumb"><li><a href="{root}index.html">Home</a></li><li class="active">All products</li></ul>
<form method="get" class="form-horizontal">
    <strong>{len(books)}</strong> results{showing}.
</form>
<section>
<div class="alert alert-warning" role="alert"><strong>Warning!</strong> A shop for demonstration.</div>
<div><ol class="row">
{items}
</ol>{_pager(number, count, root)}</div></section>""",
    )


def product_page(book: ShopBook, recent: Sequence[ShopBook]) -> str:
    """The page of a book. It also shows the `recent` books, as the real shop does."""
    return _page(
        book.title,
        f"""<ul class="breadcrumb"><li><a href="../../index.html">Home</a></li>
<li><a href="../category/books_1/index.html">Books</a></li>
<li><a href="../category/books/shelf_2/index.html">{escape(book.category)}</a></li>
<li class="active">{escape(book.title)}</li></ul>
<article class="product_page"><div class="row">
<div class="col-sm-6"><div id="product_gallery" class="carousel"><div class="item active">
<img src="../../{_cover(book)}" alt="{escape(book.title)}" /></div></div></div>
<div class="col-sm-6 product_main"><h1>{escape(book.title)}</h1>
{_stock_record(book, with_count=True)}
<p class="star-rating {WORDS[book.rating]}"><i class="icon-star"></i></p></div></div>
{_description(book)}
<div class="sub-header"><h2>Product Information</h2></div>
<table class="table table-striped">
<tr><th>UPC</th><td>{book.upc}</td></tr>
<tr><th>Product Type</th><td>Books</td></tr>
{_price_rows(book)}
<tr><th>Number of reviews</th><td>0</td></tr>
</table>
<div class="sub-header"><h2>Products you recently viewed</h2></div>
<ul class="row">{"".join(f"<li>{_pod(other, '../../')}</li>" for other in recent)}</ul>
</article>""",
    )


def with_renamed_classes(html: str) -> str:
    """The same content with every CSS class renamed, as after a redesign."""
    return re.sub(r'(?<=class=")[^"]*', lambda match: " ".join(f"v2-{name}" for name in match[0].split()), html)


def page_count(books: Sequence[ShopBook]) -> int:
    return max(1, -(-len(books) // PAGE_SIZE))


def _page(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en-us"><head><title>{escape(title)} | A shop for tests</title>
<meta http-equiv="content-type" content="text/html; charset=UTF-8" /></head>
<body id="default" class="default"><div class="page_inner">
{body}
</div></body></html>"""


def _pod(book: ShopBook, root: str) -> str:
    link = f'href="{root}{book.path.lstrip("/")}"'
    short = book.title if len(book.title) < 26 else f"{book.title[:22]}..."
    return f"""<article class="product_pod">
<div class="image_container"><a {link}><img src="{root}{_cover(book)}" alt="" class="thumbnail"></a></div>
<p class="star-rating {WORDS[book.rating]}"><i class="icon-star"></i></p>
<h3><a {link} title="{escape(book.title)}">{escape(short)}</a></h3>
<div class="product_price">{_stock_record(book, with_count=False)}</div>
</article>"""


def _pager(number: int, count: int, root: str) -> str:
    if count == 1:
        return ""
    folder = "catalogue/" if root == "" else ""
    following = f'<li class="next"><a href="{folder}page-{number + 1}.html">next</a></li>' if number < count else ""
    return f'<ul class="pager"><li class="current">Page {number} of {count}</li>{following}</ul>'


def _stock_record(book: ShopBook, *, with_count: bool) -> str:
    """The price and the availability, in the forms of Oscar's stock_record.html."""
    if not book.price:
        return '<p class="price_color">&nbsp;</p>\n<i class="icon-remove"></i> Unavailable'
    code, icon = ("instock", "ok") if book.stock else ("outofstock", "remove")
    words = _availability(book) if with_count else _availability(book).partition(" (")[0]
    return (
        f'<p class="price_color">£{book.price}</p>\n'
        f'<p class="{code} availability"><i class="icon-{icon}"></i> {words}</p>'
    )


def _price_rows(book: ShopBook) -> str:
    """The rows that Oscar shows for a product with a price."""
    if not book.price:
        return ""
    return (
        f"<tr><th>Price (excl. tax)</th><td>£{book.price}</td></tr>\n"
        f"<tr><th>Price (incl. tax)</th><td>£{book.price}</td></tr>\n"
        "<tr><th>Tax</th><td>£0.00</td></tr>\n"
        f"<tr><th>Availability</th><td>{_availability(book)}</td></tr>"
    )


def _availability(book: ShopBook) -> str:
    return f"In stock ({book.stock} available)" if book.stock else "Unavailable"


def _description(book: ShopBook) -> str:
    if book.description is None:
        return ""
    return (
        '<div id="product_description" class="sub-header"><h2>Product Description</h2></div>'
        f"<p>{escape(book.description)}</p>"
    )


def _cover(book: ShopBook) -> str:
    return f"media/cache/{book.upc}.jpg"
