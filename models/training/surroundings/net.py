"""The network: plain convolutions down to 8 x 8 places; of these the mean, the highest values and the mean of the middle
ones, where the document is, and of the 16 x 16 places before them the mean and the highest values; one logit.

Input: Nx3x256x256, RGB, 0..1. Output: N logits, high where there is no screen.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

sys.path.append(str(Path(__file__).resolve().parent.parent))

from blocks import Residual, conv  # noqa: E402

STEM = 16
WIDTHS = (24, 48, 64, 96)


class Surroundings(nn.Module):
    """See the module's description. Its trunk has the locator's shape and begins with what that has learnt of edges and
    corners of things; all of it learns on, for the locator cared little for colour, gloss and light."""

    def __init__(self, dropout=0.3):
        super().__init__()
        w = WIDTHS
        self.stem = nn.Sequential(conv(3, STEM, 2), conv(STEM, w[0], 2), Residual(w[0]))
        self.down = nn.ModuleList(nn.Sequential(conv(a, b, 2), Residual(b)) for a, b in zip(w, w[1:]))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(3 * w[-1] + 2 * w[-2], 1)
        # Where a display is lit, at 16 x 16 places: a help in training, and no part of what ships.
        self.lit = nn.ModuleList(nn.Conv2d(n, 1, 1) for n in w[-2:])

    def begin(self, trunk):
        """Takes over a locator's weights."""
        self.load_state_dict({k: v for k, v in trunk.items() if k.startswith(("stem.", "down."))}, strict=False)

    def levels(self, x):
        """What is seen at 16 x 16 places and at 8 x 8."""
        x = self.stem(x - 0.5)
        for down in self.down[:-1]:
            x = down(x)
        return x, self.down[-1](x)

    def logit(self, fine, coarse):
        of_coarse = [coarse.mean((2, 3)), coarse.amax((2, 3)), coarse[:, :, 2:6, 2:6].mean((2, 3))]
        some = torch.cat([*of_coarse, fine.mean((2, 3)), fine.amax((2, 3))], 1)
        return self.head(self.dropout(some))[:, 0]

    def forward(self, x):
        return self.logit(*self.levels(x))

    def both(self, x):
        """The logit, and logits of a lit display, N x 16 x 16."""
        fine, coarse = self.levels(x)
        lit = self.lit[0](fine) + F.interpolate(self.lit[1](coarse), scale_factor=2, mode="nearest")
        return self.logit(fine, coarse), lit[:, 0]
