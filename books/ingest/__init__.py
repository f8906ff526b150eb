from books.ingest.changes import IngestResult
from books.ingest.writer import BATCH, ingest

__all__ = ["BATCH", "IngestResult", "ingest"]
