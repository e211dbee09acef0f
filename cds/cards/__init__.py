"""From findings to cards: merged by cause, ordered by urgency, worded for ten seconds."""
