"""Local spectra of a patch: how much there is of each fine period, everywhere and at its strongest.

A screen's grid, its moire and a print's dots are narrow peaks in the spectrum that hold over a whole
patch; content is broad and uneven. One spectrum over the whole patch would drown them in content,
so the patch is seen through many small windows. For each period two numbers come out: the mean of
the logarithms (the level that holds everywhere) and the logarithm of the mean (what peaks add).
"""

import math

import torch
from torch import nn

PATCH = 192
"""Side in pixels of a patch."""

CHECKS = ("screenReplay", "printedCopy")
"""The checks, in the order of the model's columns."""

WINDOW = 16
"""Side in pixels of a window on brightness; periods of 2 to 16 px are told apart."""

COLOUR_WINDOW = 8
"""Side of a window on the two colour planes, which are halved first."""

FLOOR = 1e-7
"""Keeps the logarithm of an empty band finite: far below one grey level."""


def frame_of(side: int) -> torch.Tensor:
    """A Hann window of sum 1, side x side."""
    hann = torch.sin(math.pi * (torch.arange(side, dtype=torch.float64) + 0.5) / side) ** 2
    frame = hann[:, None] * hann[None, :]
    return frame / frame.sum()


def periods(side: int) -> list[tuple[int, int]]:
    """Waves a window (down, right) of every period, one of each pair of opposite directions."""
    half = side // 2
    return [
        (down, right)
        for right in range(0, half + 1)
        for down in range(-half + 1, half + 1)
        if (down, right) != (0, 0) and not (right in (0, half) and down < 0)
    ]


def bank(side: int) -> torch.Tensor:
    """The waves as filters, cosine and sine in turn: 2F x side x side. None answers to a flat patch."""
    at = torch.arange(side, dtype=torch.float64)
    frame = frame_of(side)
    waves = []
    for down, right in periods(side):
        phase = 2.0 * math.pi * (down * at[:, None] + right * at[None, :]) / side
        for wave in (torch.cos(phase), torch.sin(phase)):
            waves.append(frame * (wave - (frame * wave).sum()))
    return torch.stack(waves).float()


PLANES = torch.tensor(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]
)
"""Brightness and the two colour planes from RGB."""


def powers(plane: torch.Tensor, filters: torch.Tensor) -> torch.Tensor:
    """N x 1 x height x width of one plane to the power of every period in every window, N x F x rows x
    columns. A convolution, written as a product of matrices, which is several times as fast here."""
    side = filters.shape[-1]
    step = stride_of(side)
    rows, columns = ((length - side) // step + 1 for length in plane.shape[2:])
    windows = nn.functional.unfold(plane, side, stride=step)
    power = (filters.flatten(1) @ windows).square()
    return (power[:, 0::2] + power[:, 1::2] + FLOOR).unflatten(2, (rows, columns))


def summary(power: torch.Tensor, logs: torch.Tensor) -> torch.Tensor:
    """N x F x rows x columns of one plane to N x 2F: what holds everywhere, and what peaks add."""
    return torch.cat((logs.mean(dim=(2, 3)), torch.log(power.mean(dim=(2, 3)))), dim=1)


def stride_of(side: int) -> int:
    """Windows overlap by a quarter, and fall on every phase of a JPEG's blocks of 8 px."""
    return side * 3 // 4


BANDS = len(periods(WINDOW)) + 2 * len(periods(COLOUR_WINDOW))
"""Bands of a window: the periods of brightness, then those of the two colour planes."""

RUNS = [len(periods(side)) for side in (WINDOW, COLOUR_WINDOW, COLOUR_WINDOW)]
"""Bands of each plane, in this order."""


class Spectra(nn.Module):
    """N x 3 x 192 x 192 levels in 0..255 to N x 2 BANDS features. Nothing in it is learnt."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("fine", bank(WINDOW))
        self.register_buffer("coarse", bank(COLOUR_WINDOW))

    def powers(self, levels: torch.Tensor) -> list[torch.Tensor]:
        """The power of every band in every window, plane by plane."""
        planes = nn.functional.conv2d(levels, PLANES[:, :, None, None] / 255.0)
        colours = nn.functional.avg_pool2d(planes[:, 1:], 2)
        return [
            powers(planes[:, :1], self.fine),
            powers(colours[:, :1], self.coarse),
            powers(colours[:, 1:], self.coarse),
        ]

    def maps(self, levels: torch.Tensor) -> torch.Tensor:
        """The logarithms of the powers: N x BANDS x rows x columns."""
        return torch.log(torch.cat(self.powers(levels), dim=1))

    def forward(self, levels: torch.Tensor) -> torch.Tensor:
        return torch.cat([summary(power, torch.log(power)) for power in self.powers(levels)], dim=1)
