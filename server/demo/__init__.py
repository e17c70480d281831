"""The demo: a network's own orders through a real server, the rules beside it, and a page to look at."""
