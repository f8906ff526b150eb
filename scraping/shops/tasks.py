"""The background task that reads a slice of a shop, and the job that starts it."""

from django_tasks import task

from core import task_queue
from scraping.runs.shutdown import stop_on_signal
from scraping.shops import slices


@task()
def read_shop(pk: str) -> str:
    """Searches for the shop's pages, once a night, and reads due pages for some seconds. Returns what happened."""
    shop = slices.claim(pk)
    if shop is None:
        return "nothing to read, or another worker reads it"
    with stop_on_signal(forward=True) as halt:
        if slices.needs_search(shop) and not slices.search_pages(shop, halt):
            return "the search for pages is continued later"
        has_more = slices.read_slice(shop, halt)
    if has_more:
        task_queue.enqueue(read_shop, pk)
    return "continued by the next task" if has_more else "done"


def read_shops() -> None:
    """Starts the slices of this night, and continues those that no worker reads."""
    slices.start_nights()
    for shop in slices.list_waiting():
        task_queue.enqueue(read_shop, shop.pk)
