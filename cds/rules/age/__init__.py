"""Age: rules.md §6."""
