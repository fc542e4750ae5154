"""The sandbox by HTTP: an API for programs, pages for people."""
