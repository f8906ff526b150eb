"""The first crawl of an installation, which fills the catalogue."""

from dataclasses import dataclass

from scraping.models import ScrapeRun

STEP = 10  # per cent after which the progress is announced again


@dataclass(frozen=True, slots=True)
class FirstCrawl:
    """The run that is active, or the last one that did not succeed."""

    run: ScrapeRun

    @property
    def is_active(self) -> bool:
        return self.run.state in ScrapeRun.ACTIVE

    @property
    def percentage(self) -> int | None:
        """Of the shop's books that are read; None while the shop's listing is not read."""
        return min(100, 100 * self.run.seen // self.run.listed) if self.run.listed else None

    @property
    def announced(self) -> int:
        """The percentage in steps, so that a screen reader is not interrupted at each refresh."""
        return (self.percentage or 0) // STEP * STEP


def find_first_crawl() -> FirstCrawl | None:
    """None if no crawl was started, or if one has succeeded."""
    if ScrapeRun.objects.filter(state=ScrapeRun.State.SUCCEEDED).exists():
        return None
    runs = ScrapeRun.objects.order_by("-pk")
    run = runs.filter(state__in=ScrapeRun.ACTIVE).first() or runs.first()
    return FirstCrawl(run) if run else None
