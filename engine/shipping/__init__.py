"""Shipping: addresses, carriers, labels, tracking, the papers that go with goods, and mails about them."""
