"""What people say of renders: ratings, votes and approvals, and what is learned from them."""

from feedback.mending import Damage
from feedback.records import Approval, Rating, Record, Sample, Vote, sample_of
from feedback.store import FeedbackStore

__all__ = ["Approval", "Damage", "FeedbackStore", "Rating", "Record", "Sample", "Vote",
           "sample_of"]
