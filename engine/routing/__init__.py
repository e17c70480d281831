"""Orders into routes: sourcing, solving, verifying, explaining, reserving."""
