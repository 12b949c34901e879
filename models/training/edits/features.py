"""What is measured in each cell of 16 px. Nothing in it is learnt.

An edit is a place that differs from its surroundings in what the camera and the last save left
everywhere: grain, sharpness, the raster of JPEG blocks, how many coefficients were rounded to zero.
So these are measured cell by cell; comparing them is the network's part (`net.py`).
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from windows import CELL, SIDE

PLANES = torch.tensor(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]
)
"""Brightness and the two colour planes from RGB."""

FLOOR = 0.02
"""Added to levels (0..255) before a logarithm: far below what rounding leaves."""

BRIGHT_BANDS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14)
"""Upper ends, exclusive, of the bands of a block's 64 waves, by waves down plus waves right."""

ZERO_BANDS = (2, 4, 6, 8, 10, 14)
"""The same for the count of coefficients that are next to zero; the mean (0) is left out."""

COLOUR_BANDS = (1, 3, 5, 8, 14)
"""The same for colour."""


def waves() -> torch.Tensor:
    """The 64 waves of the 8 x 8 cosine transform as filters, as JPEG has them: 64 x 1 x 8 x 8."""
    at = torch.arange(8, dtype=torch.float64)
    line = torch.cos(math.pi * (2 * at[None] + 1) * at[:, None] / 16) * 0.5
    line[0] /= math.sqrt(2.0)
    return torch.einsum("ux,vy->uvxy", line, line).reshape(64, 1, 8, 8).float()


def everywhere(filter_: torch.Tensor, step: int) -> torch.Tensor:
    """A small filter at every place of a step x step block, as one convolution of that stride.

    The places become channels, row by row: step^2 x 1 x (step + h - 1) x (step + w - 1). This is
    several times as fast in the runtimes as a convolution from one channel to one.
    """
    height, width = filter_.shape
    bank = torch.zeros(step, step, 1, step + height - 1, step + width - 1)
    for y in range(step):
        for x in range(step):
            bank[y, x, 0, y : y + height, x : x + width] = filter_
    return bank.flatten(0, 1)


def banded(ends: tuple[int, ...], first: int = 0) -> torch.Tensor:
    """Means over bands of the 64 waves as a 1 x 1 convolution: bands x 64 x 1 x 1."""
    order = (torch.arange(8)[:, None] + torch.arange(8)[None, :]).flatten()
    rows = []
    for low, high in zip((first, *ends[:-1]), ends):
        inside = ((order >= low) & (order < high)).float()
        rows.append(inside / inside.sum())
    return torch.stack(rows)[:, :, None, None]


class Measures(nn.Module):
    """24 x 3 x 192 x 192 levels in 0..1 to 24 x `COUNT` x 12 x 12 measurements."""

    def __init__(self) -> None:
        super().__init__()
        second = torch.tensor([1.0, -2.0, 1.0])
        grain = everywhere(second[:, None] * second[None, :] / 4.0, 4)
        step = torch.tensor([[-1.0, 1.0]])
        jump = torch.tensor([[-0.5, 0.5, 0.5, -0.5]])
        columns = torch.arange(64) % 8
        rows = torch.arange(64) // 8
        each = torch.arange(8)
        buffers = {
            "planes": PLANES * 255.0,
            "grain": grain,
            "step_right": everywhere(step, 8),
            "step_down": everywhere(step.T, 8),
            "jump_right": everywhere(jump, 8),
            "jump_down": everywhere(jump.T, 8),
            "columns": (columns[None] == each[:, None]).float()[:, :, None, None] / 8.0,
            "rows": (rows[None] == each[:, None]).float()[:, :, None, None] / 8.0,
            "waves": waves(),
            "bright_bands": banded(BRIGHT_BANDS),
            "zero_bands": banded(ZERO_BANDS, 1),
            "colour_bands": banded(COLOUR_BANDS),
        }
        for name, value in buffers.items():
            self.register_buffer(name, value)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        # As a product of matrices: a convolution to three channels is slow in the runtimes.
        planes = torch.matmul(self.planes, windows.flatten(2)).reshape(-1, 3, SIDE, SIDE)
        bright = planes[:, :1]

        def log(x: torch.Tensor) -> torch.Tensor:
            return torch.log(x + FLOOR)

        def twice(x: torch.Tensor) -> torch.Tensor:
            return F.avg_pool2d(x, 2)

        parts = []
        # Grain: its mean, and that of the quietest sixteenth of a cell, where content disturbs least.
        half = twice(bright)
        for plane, across in ((bright, 4), (planes[:, 1:2], 4), (planes[:, 2:], 4), (half, 2)):
            grain = F.conv2d(plane, self.grain, stride=4, padding=1).abs()
            grain = grain.mean(dim=1, keepdim=True)
            parts += [log(F.avg_pool2d(grain, across)), log(-F.max_pool2d(-grain, across))]
        # Neighbours that are alike, and the steepest step.
        for bank, padding in ((self.step_right, (0, 1, 0, 0)), (self.step_down, (0, 0, 0, 1))):
            step = F.conv2d(F.pad(bright, padding), bank, stride=8).abs()
            alike = F.relu(1.0 - 8.0 * step).mean(dim=1, keepdim=True)
            steepest = step.amax(dim=1, keepdim=True)
            parts += [twice(alike), log(F.max_pool2d(steepest, 2))]
        # Jumps between each column and the next, and rows, by their place in blocks of 8.
        for bank, padding, places in (
            (self.jump_right, (1, 2, 0, 0), self.columns),
            (self.jump_down, (0, 0, 1, 2), self.rows),
        ):
            jump = F.conv2d(F.pad(bright, padding), bank, stride=8).abs()
            parts.append(log(twice(F.conv2d(jump, places))))
        # Blocks in phase with the picture's own: strength by band, and how much is next to zero.
        blocks = F.conv2d(bright - 128.0, self.waves, stride=8)
        parts.append(log(twice(F.conv2d(blocks * blocks, self.bright_bands))))
        parts.append(twice(F.conv2d(F.relu(1.0 - blocks.abs()), self.zero_bands)))
        colours = twice(planes[:, 1:])
        for colour in (colours[:, :1], colours[:, 1:]):
            blocks = F.conv2d(colour, self.waves, stride=8)
            parts.append(log(F.conv2d(blocks * blocks, self.colour_bands)))
        # Where on the scales the cell lies: grain depends on brightness.
        parts.append(F.avg_pool2d(planes, CELL) / 64.0)
        return torch.cat(parts, dim=1)


COUNT = 8 + 4 + 16 + len(BRIGHT_BANDS) + len(ZERO_BANDS) + 2 * len(COLOUR_BANDS) + 3
"""Measurements of a cell."""
