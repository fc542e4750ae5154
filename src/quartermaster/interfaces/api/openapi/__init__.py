"""The OpenAPI document: what it says beyond the endpoints, and its examples."""
