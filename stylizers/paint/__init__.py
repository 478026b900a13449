"""The look that paints as any painting it is shown."""
