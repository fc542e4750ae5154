"""The meter's process: takes accepted events all the way, until told to stop."""
