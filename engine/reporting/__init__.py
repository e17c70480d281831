"""Reports: what was decided and what became of it, as tables that DuckDB reads."""
