"""From measurements to answers: a small network over the raster of cells.

A cell is judged by what it measures, by how that differs from the document's mean, and by its
neighbours. A window's answer is the mean of its cells' odds, so that one cell that stands out
counts; documents pool their windows by the same rule.
"""

import torch
from torch import nn
from torch.nn import functional as F

from features import COUNT, Measures

EXTREME = 15.0
"""A cell's logit stays within this, so that no exponential overflows."""


class Judge(nn.Module):
    """Measurements of a document's windows and their means to logits of cells; high is edited."""

    def __init__(self, hidden: int, limit: float) -> None:
        super().__init__()
        self.limit = limit
        for name in ("mean", "deviation", "own_deviation"):
            self.register_buffer(name, torch.ones(1, COUNT, 1, 1))
        self.first = nn.Conv2d(2 * COUNT, hidden, 1)
        self.near = nn.Conv2d(hidden, hidden, 3, padding=1)
        self.far = nn.Conv2d(hidden, hidden, 3, padding=2, dilation=2)
        self.last = nn.Conv2d(2 * hidden, 1, 1)
        # For the training alone: from pooled logit to the document's.
        self.scale = nn.Parameter(torch.tensor(0.0))
        self.bias = nn.Parameter(torch.tensor(0.0))

    def forward(self, cells: torch.Tensor, middle: torch.Tensor) -> torch.Tensor:
        """`cells` N x COUNT x 12 x 12, `middle` N (or 1) x COUNT x 1 x 1: N x 1 x 12 x 12."""
        limit = self.limit
        own = ((cells - middle) / self.own_deviation).clamp(-limit, limit)
        whole = ((cells - self.mean) / self.deviation).clamp(-limit, limit)
        x = F.relu(self.first(torch.cat((whole, own), dim=1)))
        near = F.relu(self.near(x))
        far = F.relu(self.far(near))
        return self.last(torch.cat((near, far), dim=1)).clamp(-EXTREME, EXTREME)

    def document(self, pooled: torch.Tensor) -> torch.Tensor:
        """Logit that a document is edited, from its pooled odds."""
        return self.scale.exp() * pooled + self.bias


class Shipped(nn.Module):
    """24 x 3 x 192 x 192 levels in 0..1 of one document to 24 x 1 logits; high is untouched.

    Several judges give the mean of their windows' logits.
    """

    def __init__(self, judges: list[Judge]) -> None:
        super().__init__()
        self.measures = Measures()
        self.judges = nn.ModuleList(judges)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        cells = self.measures(windows)
        middle = cells.mean(dim=(0, 2, 3), keepdim=True)
        answers = []
        for judge in self.judges:
            odds = judge(cells, middle).exp().mean(dim=(1, 2, 3), keepdim=False)
            answers.append(-torch.log(odds)[:, None])
        return torch.stack(answers).mean(dim=0)
