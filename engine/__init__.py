"""The domain: the network and its costs, the stock and its ledger, the routing of orders."""
