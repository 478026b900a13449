"""BT.709 luma weights (ITU-R BT.709-6, item 3.2).

Used for every picture whatever its primaries: a look needs one grey that is the same on every
source, not a colorimetric luminance.
"""

RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722
