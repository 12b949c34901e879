"""The portrait finder: a small U-Net of plain convolutions.

Input `document`: n x 3 x 160 x 160, RGB, 0..1, the document's quad stretched to a square; the program
passes its four quarter turns. Output `heat`: n x 1 x 40 x 40 logits, high where a cell of 4 x 4 pixels belongs
to the holder's portrait and the document is upright.
"""

import sys
from pathlib import Path

from torch import nn
from torch.nn import functional as F

sys.path.append(str(Path(__file__).resolve().parent.parent))

from blocks import Residual, conv  # noqa: E402

WIDTHS = (16, 32, 64, 64)  # at 40, 20, 10 and 5 cells a side


class Finder(nn.Module):
    """See the module's description."""

    def __init__(self):
        super().__init__()
        w = WIDTHS
        self.stem = nn.Sequential(conv(3, 12, 2), conv(12, w[0], 2), Residual(w[0]))
        self.down = nn.ModuleList(nn.Sequential(conv(a, b, 2), Residual(b)) for a, b in zip(w, w[1:]))
        self.side = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in zip(w, w[1:]))
        self.up = nn.ModuleList(conv(a, a) for a in w[:-1])
        self.head = nn.Conv2d(w[0], 1, 1)
        nn.init.constant_(self.head.bias, -2.0)

    def forward(self, x):
        levels = [self.stem(x - 0.5)]
        for down in self.down:
            levels.append(down(levels[-1]))
        x = levels.pop()
        for side, up in zip(reversed(self.side), reversed(self.up)):
            x = up(F.interpolate(side(x), scale_factor=2, mode="nearest") + levels.pop())
        return self.head(x)
