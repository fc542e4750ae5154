"""The door: events come in over HTTP. A bare ASGI callable; knows the core and its own SQL only."""
