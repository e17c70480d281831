"""Papers that go with goods: labels, packing slips, pick lists, manifests. Same data, same bytes."""
