"""The network: convolutions over the local spectra of a patch, and their summary.

A screen's grid and moire and a print's dots show in how the spectra of neighbouring windows go together,
and not only in their mean over a patch. So every window's spectrum becomes a few numbers, two small
convolutions look at neighbouring windows, and what they find is averaged and its highest kept. Beside it
stands the summary that the perceptrons of `head.py` judge.

Input: N x BANDS x rows x columns logarithms of power (`spectra.Spectra.maps`). The program's patches have
15 x 15 windows; trainings use fewer, since all is pooled over the patch in the end. Output: N x 2 logits,
live rather than a screen, live rather than a printed copy.
"""

import torch
from torch import nn
from torch.nn import functional as F

from head import LIMIT, rings
from spectra import BANDS, CHECKS, RUNS

WIDTH = 64
"""Numbers that a window's spectrum becomes, and channels of the convolutions."""

HIDDEN = 64
"""Units between what was pooled and the logits."""


def summary(logs: torch.Tensor) -> torch.Tensor:
    """The features `spectra.Spectra` gives, from the logarithms: N x 2 BANDS."""
    holds = logs.mean(dim=(2, 3))
    peaks = torch.log(torch.exp(logs).mean(dim=(2, 3)))
    parts = []
    for low, high in zip(holds.split(RUNS, dim=1), peaks.split(RUNS, dim=1)):
        parts += [low, high]
    return torch.cat(parts, dim=1)


class MapNet(nn.Module):
    """See the module's description."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        matrix, self.members = rings()
        self.register_buffer("matrix", torch.from_numpy(matrix))
        # Bring every number to mean 0 and deviation 1; set once, before the training.
        features = 2 * BANDS + len(self.members)
        self.register_buffer("band_mean", torch.zeros(BANDS))
        self.register_buffer("band_deviation", torch.ones(BANDS))
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("deviation", torch.ones(features))
        self.window = nn.Conv2d(BANDS, WIDTH, 1, bias=False)
        self.window_norm = nn.BatchNorm2d(WIDTH)
        self.first = nn.Conv2d(WIDTH, WIDTH, 3, bias=False)
        self.first_norm = nn.BatchNorm2d(WIDTH)
        self.second = nn.Conv2d(WIDTH, WIDTH, 3, bias=False)
        self.second_norm = nn.BatchNorm2d(WIDTH)
        self.hidden = nn.Linear(features + 2 * WIDTH, HIDDEN)
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(HIDDEN, len(CHECKS))

    def described(self, logs: torch.Tensor) -> torch.Tensor:
        """The summary, and how far the highest peak of each ring stands out."""
        features = summary(logs)
        above = features @ self.matrix.T
        highest = [above[:, of].amax(dim=1, keepdim=True) for of in self.members]
        return torch.cat((features, *highest), dim=1)

    def standardise(self, logs: torch.Tensor) -> None:
        """Sets means and deviations from a sample."""
        self.band_mean.copy_(logs.mean(dim=(0, 2, 3)))
        self.band_deviation.copy_(logs.std(dim=(0, 2, 3)))
        whole = self.described(logs)
        self.mean.copy_(whole.mean(dim=0))
        self.deviation.copy_(whole.std(dim=0).clamp(min=0.05))

    def forward(self, logs: torch.Tensor) -> torch.Tensor:
        with torch.no_grad(), torch.autocast("cpu", enabled=False):
            logs = logs.float()
            whole = torch.clamp((self.described(logs) - self.mean) / self.deviation, -LIMIT, LIMIT)
            x = (logs - self.band_mean[:, None, None]) / self.band_deviation[:, None, None]
            x = x.contiguous(memory_format=torch.channels_last)
        x = F.relu(self.window_norm(self.window(x)))
        x = F.relu(self.first_norm(self.first(x)))
        x = F.relu(self.second_norm(self.second(x)))
        pooled = torch.cat((whole, x.mean(dim=(2, 3)), x.amax(dim=(2, 3))), dim=1)
        return self.last(self.dropout(F.relu(self.hidden(self.dropout(pooled)))))
