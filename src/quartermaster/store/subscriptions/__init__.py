"""Who has bought what, on what terms, and until when."""
