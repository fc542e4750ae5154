"""Step two of the meter: conversations are cut, and sessions made, withdrawn or moved."""
