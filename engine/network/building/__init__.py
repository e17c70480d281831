"""Building networks from public figures: the demo network ``us`` and the importer share these parts.

Nothing here is needed to run a network; everything is deterministic in the seed it is given.
"""
