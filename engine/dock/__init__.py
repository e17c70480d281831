"""The dock: where the life of an order meets carriers, papers and mails."""
