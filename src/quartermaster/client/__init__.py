"""A client of the HTTP API. It needs httpx and msgspec, and nothing else of Quartermaster."""

from quartermaster.client.api import Client
from quartermaster.client.transport import ApiProblem

__all__ = ["ApiProblem", "Client"]
