"""What has states: pure steps from one to the next."""
