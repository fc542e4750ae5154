"""Step four of the meter: what changed is priced, drawn from credit, and posted."""
