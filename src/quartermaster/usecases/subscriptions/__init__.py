"""Buying, changing and ending what bots have."""
