"""The stock: the ledger that holds the truth, and the mirror that decisions are made from."""
