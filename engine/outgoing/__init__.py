"""Events out of Onebox: signed webhooks, each at least once and in order per order."""
