from books.ingest.writer import BATCH, IngestResult, ingest

__all__ = ["BATCH", "IngestResult", "ingest"]
