"""The look that paints with a painting's own brushwork, by guided patch matching.

`paintings` reads what is painted from, `colors` brings the scene into its palette, `guides` says
what patches are compared by, `matching` and `synthesis` find them, and `look` is the Stylizer.
"""
