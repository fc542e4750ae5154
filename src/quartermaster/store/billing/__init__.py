"""Who pays and how, to whom, and with which tax."""
