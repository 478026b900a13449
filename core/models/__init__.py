"""The networks that are installed: versions, hashes, cards; names resolve to files here."""

from core.models.card import Card, Lineage, Model
from core.models.registry import ModelRegistry

__all__ = ["Card", "Lineage", "Model", "ModelRegistry"]
