"""What became of cards, and how often what was said: written by the service, read by those who watch over it.

`log` keeps feedback, `tallies` the cards shown and the counts of a day, `retention` deletes what is too old; `reading` asks for both and `figures` adds them up. Knows the store and the ids of cards; no rule, no FHIR, no HTTP.
"""

from cds.feedback.log import FeedbackLog, Recorded
from cds.feedback.retention import Retention
from cds.feedback.tallies import AnsweredCall, Shown, Tallies

__all__ = ["AnsweredCall", "FeedbackLog", "Recorded", "Retention", "Shown", "Tallies"]
