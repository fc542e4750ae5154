"""What stands around every web request, and what watches the whole."""
