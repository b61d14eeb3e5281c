"""Sends what a model is asked and answers to Fairlead, and training data as bins and counts."""

from .client import Client, Stats
from .reference import create_reference
from .training import training_counts
from .wrappers import watch, watched_model

__all__ = ["Client", "Stats", "create_reference", "training_counts", "watch", "watched_model"]
