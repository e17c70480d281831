"""What would have been: past orders replayed through the production router over the memory ledger, under any scenario."""
