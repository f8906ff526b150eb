"""A small bookshop over real HTTP on loopback, with the markup of books.toscrape.com and generated books."""
