"""Who is billed, by whom, and with which tax."""
