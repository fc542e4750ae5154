"""Months of events in Parquet files (docs/decisions/0014-archive.md)."""

from quartermaster.adapters.event_archive.files import ParquetArchive

__all__ = ["ParquetArchive"]
