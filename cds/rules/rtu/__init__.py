"""The French programme for alcohol use disorder: rules.md §7."""
