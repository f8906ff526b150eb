"""A small bookshop of the project's own, with the markup of books.toscrape.com, over real HTTP on loopback."""
