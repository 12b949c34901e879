"""Fixed features of a 64 px window: spectra by ring of periods, the JPEG grid, brightness and colour.

Nothing here is learnt. A halftone, another blur or noise, and the grid of an earlier JPEG show in the spectra.
"""

import numpy as np
import torch
from torch import nn

import sources  # noqa: F401, first: it makes ../patches importable
from spectra import COLOUR_WINDOW, FLOOR, PLANES, WINDOW, bank, periods

STRIDES = {WINDOW: 12, COLOUR_WINDOW: 6}
"""Steps in pixels between the spectral windows."""

POOL = 8
"""Side in pixels of the blocks of which the darkest and lightest are kept."""


def ring_of(side: int) -> np.ndarray:
    """The ring of each period: waves a window, rounded, those beyond side / 2 together."""
    return np.array([min(int(round(np.hypot(down, right))), side // 2) for down, right in periods(side)])


def rings(side: int) -> np.ndarray:
    """The means over each ring as a matrix: rings x periods."""
    of = ring_of(side)
    return np.stack([(of == r) / (of == r).sum() for r in range(1, side // 2 + 1)]).astype(np.float32)


def grid_lines(side: int) -> np.ndarray:
    """How far the waves of a JPEG's 8 px grid stand above their neighbours along each axis: rows x periods."""
    places = {p: n for n, p in enumerate(periods(side))}
    step = side // 8
    rows = []
    for axis in range(2):
        for k in range(step, side // 2, step):
            row = np.zeros(len(places), np.float32)
            for wave, weight in ((k, 1.0), (k - 1, -0.5), (k + 1, -0.5)):
                row[places[(wave, 0) if axis == 0 else (0, wave)]] = weight
            rows.append(row)
    return np.stack(rows)


class Features(nn.Module):
    """n x 3 x 64 x 64 in 0..1 to n x COUNT features, about the natural logarithm of power, or shares of white."""

    def __init__(self) -> None:
        super().__init__()
        for name, side in (("fine", WINDOW), ("coarse", COLOUR_WINDOW)):
            waves = bank(side)[:, None]
            self.register_buffer(f"{name}_cosine", waves[0::2].clone())
            self.register_buffer(f"{name}_sine", waves[1::2].clone())
            self.register_buffer(f"{name}_rings", torch.from_numpy(rings(side)).T.contiguous())
        self.register_buffer("lines", torch.from_numpy(grid_lines(WINDOW)).T.contiguous())
        self.register_buffer("planes", PLANES[:, :, None, None].clone())
        self.members = [torch.from_numpy(np.flatnonzero(ring_of(WINDOW) == r)) for r in range(1, WINDOW // 2 + 1)]

    def power(self, plane, name, stride):
        """Power of every period in every spectral window: n x periods x down x right."""
        cosine = nn.functional.conv2d(plane, getattr(self, f"{name}_cosine"), stride=stride)
        sine = nn.functional.conv2d(plane, getattr(self, f"{name}_sine"), stride=stride)
        return cosine * cosine + sine * sine + FLOOR

    def forward(self, window):
        planes = nn.functional.conv2d(window, self.planes)
        power = self.power(planes[:, :1], "fine", STRIDES[WINDOW])
        holds, peaks = torch.log(power).mean((2, 3)), torch.log(power.mean((2, 3)))
        levels = peaks @ self.fine_rings
        parts = [holds @ self.fine_rings, levels, holds @ self.lines]
        # How far the highest peak of each ring stands out: dots of a print.
        highest = [peaks[:, of].amax(1, keepdim=True) for of in self.members]
        parts.append(torch.cat(highest, 1) - levels)
        half = nn.functional.avg_pool2d(planes, 2)
        for plane in (1, 2):
            power = self.power(half[:, plane : plane + 1], "coarse", STRIDES[COLOUR_WINDOW])
            parts += [torch.log(power).mean((2, 3)) @ self.coarse_rings, torch.log(power.mean((2, 3))) @ self.coarse_rings]
        blocks = nn.functional.avg_pool2d(planes, POOL)
        parts += [blocks.mean((2, 3)) * 10, blocks.amin((2, 3)) * 10, blocks.amax((2, 3)) * 10]
        return torch.cat(parts, 1)
