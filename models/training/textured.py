"""Inputs made by whole numbers alone, so that the program's tests can draw the very same: what each model is given there."""

import numpy as np

WORDS = (
    "level[n][c][y][x] = ((x*(3+n) + y*(7+2n) + 31*c*n + ((x*y) >> (n mod 6 + 2))*5) xor (x + 2*y)) mod 256, divided by 255"
)


def levels(count: int, side: int) -> np.ndarray:
    """count x 3 x side x side levels, 0 to 255."""
    n, c, y, x = np.ogrid[:count, :3, :side, :side]
    return ((x * (3 + n) + y * (7 + 2 * n) + 31 * c * n + ((x * y) >> (n % 6 + 2)) * 5) ^ (x + 2 * y)) % 256


def probes(of: np.ndarray, places: list[tuple[int, ...]]) -> list[dict]:
    """Some of them, for whoever draws them anew."""
    return [{"at": list(at), "level": int(of[at])} for at in places]
