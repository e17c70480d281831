"""Mails to customers: what the order's life has to tell them."""
