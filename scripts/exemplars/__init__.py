"""The paintings that come with Brushreel, painted by our own brushes on our own compositions.

`python -m scripts.exemplars` paints them again.
"""
