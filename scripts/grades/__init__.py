"""The color grades in `luts`, as formulas."""

from scripts.grades.recipes import RECIPES, Recipe, cube_of

__all__ = ["RECIPES", "Recipe", "cube_of"]
