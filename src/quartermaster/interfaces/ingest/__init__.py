"""What is asked most: the door takes events in, the gate says whether a bot may serve.

Bare ASGI callables; they know the core and their own SQL only.
"""
