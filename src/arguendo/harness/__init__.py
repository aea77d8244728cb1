"""The tasks in harnesses for language models: the same examples, the same scorer."""
