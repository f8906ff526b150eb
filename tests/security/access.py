"""Access control table: the status of every route and method for each kind of caller."""

from collections.abc import Iterator
from typing import Any

# "staff" has no permissions, "curator" those of the group Curators.
CALLERS = ("anonymous", "member", "other", "staff", "curator", "superuser", "expired", "deactivated")
# Pages accept sessions only: there these callers, who send tokens, are anonymous (see tests/web).
# Closed: user directory and shared library are off, the default if other machines can connect. {pk} belongs to member.
#                                    anon  member other staff cur.  super expired deactivated
CLOSED_ACCESS = """
GET    /                             200   200   200   200   200   200   200   200
GET    /ready                        200   200   200   200   200   200   200   200
GET    /docs                         200   200   200   200   200   200   401   401
GET    /api/docs                     200   200   200   200   200   200   401   401
GET    /api/redoc                    200   200   200   200   200   200   401   401
GET    /api/redoc.js                 200   200   200   200   200   200   200   200
GET    /api/schema                   200   200   200   200   200   200   401   401
GET    /api                          200   200   200   200   200   200   401   401
GET    /books                        200   200   200   200   200   200   401   401
GET    /books/search                 200   200   200   200   200   200   401   401
GET    /books/{pk}                   200   200   200   200   200   200   401   401
GET    /books/{book_id}/prices       200   200   200   200   200   200   401   401
GET    /api/books/{book_id}/offers   200   200   200   200   200   200   401   401
GET    /api/price-changes            200   200   200   200   200   200   401   401
POST   /books                        401   403   403   403   201   201   401   401
PUT    /books/{pk}                   401   403   403   403   200   200   401   401
PATCH  /books/{pk}                   401   403   403   403   200   200   401   401
DELETE /books/{pk}                   401   403   403   403   409   409   401   401
GET    /books/export                 200   200   200   200   200   200   401   401
GET    /api/prices/export            200   200   200   200   200   200   401   401
PUT    /api/books/{book_id}/cover    401   403   403   403   415   415   401   401
DELETE /api/books/{book_id}/cover    401   403   403   403   404   404   401   401
GET    /api/authors                  200   200   200   200   200   200   401   401
GET    /api/authors/{pk}             200   200   200   200   200   200   401   401
POST   /api/authors                  401   403   403   403   201   201   401   401
PUT    /api/authors/{pk}             401   403   403   403   200   200   401   401
PATCH  /api/authors/{pk}             401   403   403   403   200   200   401   401
DELETE /api/authors/{pk}             401   403   403   403   409   409   401   401
GET    /api/categories               200   200   200   200   200   200   401   401
GET    /api/categories/{pk}          200   200   200   200   200   200   401   401
POST   /api/categories               401   403   403   403   201   201   401   401
PUT    /api/categories/{pk}          401   403   403   403   200   200   401   401
PATCH  /api/categories/{pk}          401   403   403   403   200   200   401   401
DELETE /api/categories/{pk}          401   403   403   403   409   409   401   401
POST   /users                        201   201   201   201   201   201   401   401
GET    /users                        401   200   200   200   200   200   401   401
GET    /users/{pk}                   401   200   404   404   200   200   401   401
GET    /users/me                     401   200   200   200   200   200   401   401
PATCH  /users/me                     401   200   200   200   200   200   401   401
DELETE /users/me                     401   422   422   422   422   422   401   401
GET    /search                       422   422   422   422   422   422   401   401
POST   /save                         401   200   201   201   201   201   401   401
GET    /saved                        401   200   200   200   200   200   401   401
DELETE /delete/{pk}                  401   204   404   404   404   404   401   401
GET    /api/library                  401   200   200   200   200   200   401   401
POST   /api/library                  401   200   201   201   201   201   401   401
POST   /api/library/books            401   201   201   201   201   201   401   401
GET    /api/library/summary          401   200   200   200   200   200   401   401
GET    /api/library/tags             401   200   200   200   200   200   401   401
GET    /api/library/export           401   200   200   200   200   200   401   401
GET    /api/library/{pk}             401   200   404   404   404   404   401   401
PATCH  /api/library/{pk}             401   200   404   404   404   404   401   401
DELETE /api/library/{pk}             401   204   404   404   404   404   401   401
POST   /api/library/{entry_id}/readings 401 201  404   404   404   404   401   401
PATCH  /api/library/{entry_id}/readings/{pk} 401 200 404 404 404 404   401   401
DELETE /api/library/{entry_id}/readings/{pk} 401 204 404 404 404 404   401   401
GET    /api/imports                  401   200   200   200   200   200   401   401
POST   /api/imports                  401   415   415   415   415   415   401   401
GET    /api/imports/{pk}             401   200   404   404   404   404   401   401
PATCH  /api/imports/{pk}             401   200   404   404   404   404   401   401
POST   /api/imports/{pk}/commit      401   409   404   404   404   404   401   401
POST   /api/imports/{pk}/cancel      401   409   404   404   404   404   401   401
POST   /api/imports/{pk}/undo        401   202   404   404   404   404   401   401
POST   /api/imports/{pk}/retry       401   202   404   404   404   404   401   401
GET    /api/imports/{pk}/failed.csv  401   200   404   404   404   404   401   401
GET    /api/imports/{import_id}/rows 401   200   404   404   404   404   401   401
PATCH  /api/imports/{import_id}/rows/{number} 401 200 404 404 404 404  401   401
GET    /api/imports/{import_id}/rows/{number}/search 401 200 404 404 404 404 401 401
POST   /api/imports/{import_id}/rows/{number}/accept 401 422 404 404 404 404 401 401
POST   /api/imports/{import_id}/rows/{number}/keep 401 409 404 404 404 404 401 401
GET    /api/watches                  401   200   200   200   200   200   401   401
POST   /api/watches                  401   200   201   201   201   201   401   401
GET    /api/watches/default          401   200   200   200   200   200   401   401
PUT    /api/watches/default          401   200   200   200   200   200   401   401
GET    /api/watches/{pk}             401   200   404   404   404   404   401   401
PATCH  /api/watches/{pk}             401   200   404   404   404   404   401   401
DELETE /api/watches/{pk}             401   204   404   404   404   404   401   401
GET    /api/notifications            401   200   200   200   200   200   401   401
GET    /api/notifications/{pk}       401   200   404   404   404   404   401   401
PATCH  /api/notifications/{pk}       401   200   404   404   404   404   401   401
POST   /api/notifications/read-all   401   200   200   200   200   200   401   401
GET    /api/notifications/preferences 401  200   200   200   200   200   401   401
PATCH  /api/notifications/preferences 401  200   200   200   200   200   401   401
GET    /api/notifications/feed       401   200   200   200   200   200   401   401
POST   /api/notifications/feed       401   201   201   201   201   201   401   401
DELETE /api/notifications/feed       401   204   204   204   204   204   401   401
GET    /api/channels                 401   200   200   200   200   200   401   401
POST   /api/channels                 401   422   422   422   422   422   401   401
GET    /api/channels/{pk}            401   200   404   404   404   404   401   401
PATCH  /api/channels/{pk}            401   200   404   404   404   404   401   401
DELETE /api/channels/{pk}            401   204   404   404   404   404   401   401
POST   /api/channels/{pk}/test       401   409   404   404   404   404   401   401
POST   /api/channels/{pk}/confirmation 401 409   404   404   404   404   401   401
POST   /api/channels/{pk}/renew-secret 401 409   404   404   404   404   401   401
GET    /api/scrape-runs              401   403   403   403   200   200   401   401
POST   /api/scrape-runs              401   403   403   403   202   202   401   401
GET    /api/scrape-runs/{pk}         401   403   403   403   200   200   401   401
POST   /api/scrape-runs/{pk}/cancel  401   403   403   403   409   409   401   401
GET    /api/shops                    401   403   403   403   200   200   401   401
POST   /api/shops                    401   403   403   403   201   201   401   401
GET    /api/shops/{slug}             401   403   403   403   200   200   401   401
PATCH  /api/shops/{slug}             401   403   403   403   200   200   401   401
GET    /api/shops/{slug}/products    401   403   403   403   200   200   401   401
POST   /api/shops/{slug}/confirm     401   403   403   403   200   200   401   401
POST   /api/shops/{slug}/pause       401   403   403   403   200   200   401   401
POST   /api/shops/{slug}/block       401   403   403   403   200   200   401   401
POST   /api/shops/{slug}/resume      401   403   403   403   200   200   401   401
GET    /api/tracked                  401   200   200   200   200   200   401   401
POST   /api/tracked                  401   422   422   422   422   422   401   401
GET    /api/tracked/{pk}             401   200   404   404   404   404   401   401
DELETE /api/tracked/{pk}             401   204   404   404   404   404   401   401
POST   /api/auth/login               401   401   401   401   401   401   401   401
POST   /api/auth/logout              401   204   204   204   204   204   401   401
POST   /api/auth/logout-all          401   204   204   204   204   204   401   401
GET    /api/tokens                   401   200   200   200   200   200   401   401
POST   /api/tokens                   401   422   422   422   422   422   401   401
DELETE /api/tokens/{token_id}        401   204   404   404   404   404   401   401
GET    /covers/{book}/{width}        200   200   200   200   200   200   200   200
GET    /catalogue                    200   200   200   200   200   200   200   200
GET    /price-changes                200   200   200   200   200   200   200   200
GET    /catalogue/facets             200   200   200   200   200   200   200   200
GET    /catalogue/as/{layout}        302   302   302   302   302   302   302   302
GET    /crawl                        302   302   302   302   302   302   302   302
GET    /library                      302   302   302   302   302   302   302   302
GET    /library/as/{layout}          302   302   302   302   302   302   302   302
GET    /library/year                 302   302   302   302   302   302   302   302
GET    /library/year/{year}          302   302   302   302   302   302   302   302
POST   /library/change               302   302   302   302   302   302   302   302
POST   /library/undo                 302   302   302   302   302   302   302   302
GET    /library/import 302 302 302 302 302 302 302 302
POST   /library/import 302 302 302 302 302 302 302 302
GET    /library/import/{pk} 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/columns 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/format 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/answers 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/start 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/cancel 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/undo 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/retry 302 302 302 302 302 302 302 302
GET    /library/import/{pk}/not-imported.csv 302 302 302 302 302 302 302 302
GET    /library/import/{pk}/rows/{number}/search 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/rows/{number}/accept 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/rows/{number}/keep 302 302 302 302 302 302 302 302
POST   /library/import/{pk}/rows/{number}/correct 302 302 302 302 302 302 302 302
GET    /find                         200   200   200   200   200   200   200   200
GET    /find/open-library            422   422   422   422   422   422   422   422
POST   /find/save                    302   302   302   302   302   302   302   302
GET    /book/add                     302   302   302   302   302   302   302   302
POST   /book/add                     302   302   302   302   302   302   302   302
PUT    /book/add                     302   302   302   302   302   302   302   302
GET    /book/{pk}                    200   200   200   200   200   200   200   200
GET    /book/{pk}/{slug}             200   200   200   200   200   200   200   200
POST   /book/{pk}/library            302   302   302   302   302   302   302   302
POST   /book/{pk}/library/remove     302   302   302   302   302   302   302   302
POST   /book/{pk}/library/notes           302 302 302 302 302 302 302 302
POST   /book/{pk}/library/review          302 302 302 302 302 302 302 302
POST   /book/{pk}/library/details         302 302 302 302 302 302 302 302
POST   /book/{pk}/library/edition         302 302 302 302 302 302 302 302
POST   /book/{pk}/library/readings        302 302 302 302 302 302 302 302
POST   /book/{pk}/library/readings/{reading} 302 302 302 302 302 302 302 302
POST   /book/{pk}/library/readings/{reading}/remove 302 302 302 302 302 302 302 302
POST   /book/{pk}/watches/new             302 302 302 302 302 302 302 302
GET    /watches                      302   302   302   302   302   302   302   302
POST   /watches/undo                 302   302   302   302   302   302   302   302
GET    /watches/{pk}                 302   302   302   302   302   302   302   302
POST   /watches/{pk}                 302   302   302   302   302   302   302   302
POST   /watches/{pk}/pause           302   302   302   302   302   302   302   302
POST   /watches/{pk}/remove          302   302   302   302   302   302   302   302
GET    /author/{pk}                  200   200   200   200   200   200   200   200
GET    /author/{pk}/{slug}           200   200   200   200   200   200   200   200
GET    /category/{pk}                200   200   200   200   200   200   200   200
GET    /category/{pk}/{slug}         200   200   200   200   200   200   200   200
GET    /robots.txt                   200   200   200   200   200   200   200   200
GET    /notifications 302 302 302 302 302 302 302 302
POST   /notifications/read 302 302 302 302 302 302 302 302
POST   /notifications/{pk}/read 302 302 302 302 302 302 302 302
GET    /notifications/feed 404 404 404 404 404 404 404 404
GET    /notifications/unsubscribe 404 404 404 404 404 404 404 404
POST   /notifications/unsubscribe 404 404 404 404 404 404 404 404
GET    /notifications/confirm 404 404 404 404 404 404 404 404
POST   /notifications/confirm 404 404 404 404 404 404 404 404
GET    /register                     200   200   200   200   200   200   200   200
POST   /register                     422   422   422   422   422   422   422   422
PUT    /register                     422   422   422   422   422   422   422   422
GET    /forgotten-password           200   200   200   200   200   200   200   200
POST   /forgotten-password           422   422   422   422   422   422   422   422
PUT    /forgotten-password           422   422   422   422   422   422   422   422
GET    /forgotten-password/sent      200   200   200   200   200   200   200   200
GET    /new-password/{uidb64}        200   200   200   200   200   200   200   200
POST   /new-password/{uidb64}        200   200   200   200   200   200   200   200
PUT    /new-password/{uidb64}        200   200   200   200   200   200   200   200
GET    /account                      302   302   302   302   302   302   302   302
POST   /account                      302   302   302   302   302   302   302   302
PUT    /account                      302   302   302   302   302   302   302   302
GET    /account/download             302   302   302   302   302   302   302   302
GET    /account/email                302   302   302   302   302   302   302   302
POST   /account/email                302   302   302   302   302   302   302   302
PUT    /account/email                302   302   302   302   302   302   302   302
GET    /account/password             302   302   302   302   302   302   302   302
POST   /account/password             302   302   302   302   302   302   302   302
PUT    /account/password             302   302   302   302   302   302   302   302
GET    /account/tokens               302   302   302   302   302   302   302   302
POST   /account/tokens               302   302   302   302   302   302   302   302
PUT    /account/tokens               302   302   302   302   302   302   302   302
GET    /account/notifications 302 302 302 302 302 302 302 302
POST   /account/notifications 302 302 302 302 302 302 302 302
POST   /account/notifications/channels 302 302 302 302 302 302 302 302
POST   /account/notifications/channels/{pk} 302 302 302 302 302 302 302 302
GET    /account/notifications/channels/{pk}/delete 302 302 302 302 302 302 302 302
POST   /account/notifications/channels/{pk}/delete 302 302 302 302 302 302 302 302
POST   /account/notifications/feed 302 302 302 302 302 302 302 302
GET    /account/delete               302   302   302   302   302   302   302   302
POST   /account/delete               302   302   302   302   302   302   302   302
PUT    /account/delete               302   302   302   302   302   302   302   302
POST   /account/tokens/{number}/revoke 302 302 302 302 302 302 302 302
GET    /account/sessions             302   302   302   302   302   302   302   302
POST   /account/sessions/end-others  302   302   302   302   302   302   302   302
POST   /account/sessions/{number}/end 302 302 302 302 302 302 302 302
GET    /feeds/price-changes          200   200   200   200   200   200   200   200
GET    /feeds/new-books              200   200   200   200   200   200   200   200
GET    /statistics                   302   302   302   302   302   302   302   302
POST   /book/{pk}/price-report       302   302   302   302   302   302   302   302
GET    /tracked                      302   302   302   302   302   302   302   302
POST   /tracked                      302   302   302   302   302   302   302   302
PUT    /tracked                      302   302   302   302   302   302   302   302
POST   /tracked/{pk}/stop            302   302   302   302   302   302   302   302
GET    /runs                         302   302   302   302   302   302   302   302
POST   /runs/start                   302   302   302   302   302   302   302   302
GET    /runs/{pk}                    302   302   302   302   302   302   302   302
POST   /runs/{pk}/cancel             302   302   302   302   302   302   302   302
GET    /manifest.webmanifest         200   200   200   200   200   200   200   200
GET    /sign-in                      200   200   200   200   200   200   200   200
POST   /sign-in                      200   200   200   200   200   200   200   200
PUT    /sign-in                      200   200   200   200   200   200   200   200
GET    /sign-out                     405   405   405   405   405   405   405   405
POST   /sign-out                     302   302   302   302   302   302   302   302
"""
# Open: only this machine can connect. Anonymous callers can read all users and share one library.
OPEN_ACCESS = """
GET    /users                        200   200   200   200   200   200   401   401
GET    /users/{pk}                   200   200   200   200   200   200   401   401
POST   /save                         201   200   201   201   201   201   401   401
GET    /saved                        200   200   200   200   200   200   401   401
DELETE /delete/{pk}                  404   204   404   404   404   404   401   401
GET    /api/library                  200   200   200   200   200   200   401   401
POST   /api/library                  201   200   201   201   201   201   401   401
GET    /api/library/summary          200   200   200   200   200   200   401   401
GET    /api/library/tags             200   200   200   200   200   200   401   401
GET    /api/library/export           200   200   200   200   200   200   401   401
GET    /api/library/{pk}             404   200   404   404   404   404   401   401
PATCH  /api/library/{pk}             404   200   404   404   404   404   401   401
DELETE /api/library/{pk}             404   204   404   404   404   404   401   401
POST   /api/library/{entry_id}/readings 404 201  404   404   404   404   401   401
PATCH  /api/library/{entry_id}/readings/{pk} 404 200 404 404 404 404   401   401
DELETE /api/library/{entry_id}/readings/{pk} 404 204 404 404 404 404   401   401
GET    /library                      200   200   200   200   200   200   200   200
GET    /library/year                 200   200   200   200   200   200   200   200
GET    /library/year/{year}          200   200   200   200   200   200   200   200
"""
BODIES: dict[str, Any] = {
    "/books": {"title": "New"},
    "/books/{pk}": {"title": "Other"},
    "/api/authors": {"name": "New"},
    "/api/authors/{pk}": {"name": "Other"},
    "/api/categories": {"name": "New"},
    "/api/categories/{pk}": {"name": "Other"},
    "/api/library/books": {"title": "New"},
    "/users": {"name": "New", "email": "new@example.org", "age": 1},
    "/users/me": {},
    "/api/imports/{import_id}/rows/{number}": {"title": "Odes"},
    "/api/watches/default": {"rule": "lowest"},
    "/api/scrape-runs": {"site": "books_to_scrape"},
    "/api/shops": {"slug": "other", "name": "Other", "host": "other.example"},
    "/api/shops/{slug}": {"name": "Renamed"},
    "/api/shops/{slug}/pause": {"reason": "Its terms forbid it."},
    "/api/shops/{slug}/block": {"reason": "Its terms forbid it."},
    "/api/tracked": {"url": "https://unknown.example/book/1"},
    "/api/auth/login": {"email": "unknown@example.org", "password": "correct horse battery"},
}
QUERIES = {"/books/search": "?title=odes"}
# Redirects for all callers. The routes of the admin are tested in test_admin_access.py.
ROUTES_WITHOUT_ROW = {"/favicon.ico", "/admin"}

Row = tuple[str, str, tuple[int, ...]]


def parse_table(table: str) -> Iterator[Row]:
    for line in table.strip().splitlines():
        method, path, *statuses = line.split()
        yield method, path, tuple(map(int, statuses))


SHARED_PREFIXES = ("/books", "/users", "/search")
API_ONLY = ("/api/books/{book_id}/cover", "/api/books/{book_id}/offers")


def canonical_path(path: str) -> str:
    """The path without /api if the same view is also served without it, so that one row covers both."""
    is_shared = path.startswith(tuple(f"/api{prefix}" for prefix in SHARED_PREFIXES))
    return path.removeprefix("/api") if is_shared and path not in API_ONLY else path


def list_rows(*, is_open: bool, prefix: str) -> list[Row]:
    """The rows of a table; with the prefix /api only those of paths that are served with and without it."""
    rows = list(parse_table(OPEN_ACCESS if is_open else CLOSED_ACCESS))
    return [row for row in rows if row[1].startswith(SHARED_PREFIXES)] if prefix else rows
