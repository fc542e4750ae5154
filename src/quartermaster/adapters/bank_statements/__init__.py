"""Files of banks: CAMT.053 (ISO 20022) and MT940 (SWIFT), read into the same values."""
