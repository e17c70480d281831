"""Between the contract's messages and the engine's values, both ways.

Bad input raises InvalidInput with the field's path in the message, its value and what was expected.
"""
