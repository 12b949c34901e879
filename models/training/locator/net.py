"""The network: a small U-Net of plain convolutions.

Input: 1x3x256x256, RGB, 0..1, the picture at the top left, padded with 0.5.
Output: 1x2x128x128 logits: channel 0 is high at every corner of every document, channel 1 is high
inside documents. One cell is 2 input pixels; the centre of cell (i, j) lies at input pixel
(2j + 1, 2i + 1), pixel edges counted from 0.

Only Conv, Relu, Add, Concat, nearest Resize and ConvTranspose, which every runtime has. The finest
level has 64 cells a side, and the head gives each of them four answers: levels at 128 cells would
cost as much as all the others together.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

sys.path.append(str(Path(__file__).resolve().parent.parent))

from blocks import Residual, conv  # noqa: E402

STEM = 16
WIDTHS = (24, 48, 64, 96)  # at 64, 32, 16 and 8 cells a side


class Locator(nn.Module):
    """See the module's description."""

    def __init__(self):
        super().__init__()
        w = WIDTHS
        self.stem = nn.Sequential(conv(3, STEM, 2), conv(STEM, w[0], 2), Residual(w[0]))
        self.down = nn.ModuleList(nn.Sequential(conv(a, b, 2), Residual(b)) for a, b in zip(w, w[1:]))
        self.side = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in zip(w, w[1:]))
        self.up = nn.ModuleList(conv(2 * a, a) for a in w[:-1])
        self.head = nn.ConvTranspose2d(w[0], 2, 2, 2)
        nn.init.constant_(self.head.bias, -2.0)

    def forward(self, x):
        levels = [self.stem(x - 0.5)]
        for down in self.down:
            levels.append(down(levels[-1]))
        x = levels.pop()
        for side, up in zip(reversed(self.side), reversed(self.up)):
            wide = F.interpolate(side(x), scale_factor=2, mode="nearest")
            x = up(torch.cat([wide, levels.pop()], 1))
        return self.head(x)
