"""What could not be checked: rules.md §11."""
