"""EDI envelopes: X12 and EDIFACT interchanges into the messages they carry, by the separators that each declares."""
