"""The cost model: nodes, items, carriers, calendars, rates, packing and the cost of a shipment."""
