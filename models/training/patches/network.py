"""The patch network: 192 px of a picture's own pixels in, two logits out.

Column 0 is "live rather than a screen", column 1 "live rather than a printed copy"; higher is more
live. The network is plain 3x3 convolutions behind a space-to-depth stem, which a CPU runs well, and
it sees every pixel twice: as the colour that came in and as a fixed high-pass residual, in which a
screen's grid and a print's dots stand out from the content. The residual is part of the graph, so
the program that runs the model passes colours alone.
"""

import torch
from torch import nn

PATCH = 192
"""Side of a patch in pixels."""

CHECKS = ("screenReplay", "printedCopy")
"""The checks, in the order of the output's columns."""

BLOCK = 4
"""The stem folds squares of this many pixels a side into channels."""

RESIDUAL_SCALE = 1.0 / 512.0
"""Brings the residual of 0..255 levels to about -1..1. A power of two, so that bfloat16 is exact."""


def residual_kernel() -> torch.Tensor:
    """The 5x5 high-pass kernel (second differences both ways), for each colour on its own."""
    return torch.tensor(
        [
            [-1.0, 2.0, -2.0, 2.0, -1.0],
            [2.0, -6.0, 8.0, -6.0, 2.0],
            [-2.0, 8.0, -12.0, 8.0, -2.0],
            [2.0, -6.0, 8.0, -6.0, 2.0],
            [-1.0, 2.0, -2.0, 2.0, -1.0],
        ]
    )


def folded_kernel() -> torch.Tensor:
    """The same filter on folded pixels: 3x3 over blocks, from and to `3 * BLOCK * BLOCK` channels.

    A dense convolution of many channels is what a CPU is quick at; three channels at full size are
    what it is slow at. Channels are ordered as `PixelUnshuffle` orders them: colour, row, column.
    """
    square = residual_kernel()
    folded = torch.zeros(3 * BLOCK * BLOCK, 3 * BLOCK * BLOCK, 3, 3)
    for colour in range(3):
        for row in range(BLOCK):
            for column in range(BLOCK):
                to = (colour * BLOCK + row) * BLOCK + column
                for down in range(-2, 3):
                    for right in range(-2, 3):
                        block_row, inner_row = divmod(row + down, BLOCK)
                        block_column, inner_column = divmod(column + right, BLOCK)
                        source = (colour * BLOCK + inner_row) * BLOCK + inner_column
                        folded[to, source, block_row + 1, block_column + 1] = square[
                            down + 2, right + 2
                        ]
    return folded


class Residual(nn.Module):
    """The fixed high-pass residual of folded colours, clipped to -1..1."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kernel", folded_kernel() * RESIDUAL_SCALE, persistent=False)

    def forward(self, folded: torch.Tensor) -> torch.Tensor:
        return torch.clamp(nn.functional.conv2d(folded, self.kernel, padding=1), -1.0, 1.0)


def layer(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    """A 3x3 convolution, its normalisation (folded into it at export) and a rectifier."""
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )


class Pair(nn.Module):
    """Two layers of the same width around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = layer(width, width)
        self.second = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.second(self.first(x)))


class PatchNetwork(nn.Module):
    """N x 3 x 192 x 192 levels in 0..255 (whole numbers are exact in bfloat16) to N x 2 logits."""

    def __init__(self, widths: tuple[int, int, int] = (32, 64, 96), dropout: float = 0.2) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.fold = nn.PixelUnshuffle(BLOCK)
        self.residual = Residual()
        self.stem = layer(6 * BLOCK * BLOCK, fine)
        self.fine = Pair(fine)
        self.to_middle = layer(fine, middle, stride=2)
        self.middle = Pair(middle)
        self.to_coarse = layer(middle, coarse, stride=2)
        self.coarse = layer(coarse, coarse)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(coarse, len(CHECKS))

    def forward(self, levels: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            folded = self.fold(levels)
            seen = torch.cat(((folded - 128.0) * (1.0 / 128.0), self.residual(folded)), dim=1)
        x = self.middle(self.to_middle(self.fine(self.stem(seen))))
        x = self.coarse(self.to_coarse(x))
        return self.head(self.dropout(x.mean(dim=(2, 3))))


class Deployed(nn.Module):
    """The network as the program sees it: colours in 0..1."""

    def __init__(self, network: PatchNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, patches: torch.Tensor) -> torch.Tensor:
        return self.network(patches * 255.0)
