"""The clocks of test workspaces: stopped, and moved on."""
