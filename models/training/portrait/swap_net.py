"""Is the portrait another than the rest of the document? From 35 windows to a logit for each judged one.

Input `windows`: 35 x 3 x 64 x 64, RGB, 0..1, in the order of `windows.py`. Output `logits`: 21 x 1, first the 9
windows inside the portrait, then the 12 on its border; above 0 is a portrait of the document's own. Their mean is the
picture's logit.

The inside is compared with the rest by fixed features and a small perceptron. The border is seen by a small
convolutional network, since edges, shadows and seams have shapes that no fixed feature covers.
"""

import torch
from torch import nn

from features import Features
from windows import JUDGED, N_BORDER, N_INSIDE, SIDE

SPREAD_FLOOR = 0.3
"""Added to the rest's deviation: features that hardly vary over the rest must not decide alone."""

BORDER_WEIGHT = 4.0
"""The border's answers beside the inside's: its network learns slower, and was drowned. The best of 1 to 12 on
pictures left out."""

LAST = 32
"""Channels of the border network's last layer."""

LIMIT = 4.0
"""Standardised features beyond this are cut off."""


def compared(features):
    """b x 35 x F features to b x 9 x 5F: each window inside against the rest."""
    inner, rest = features[:, :N_INSIDE], features[:, JUDGED:]
    mean = rest.mean(1, keepdim=True)
    deviation = ((rest - mean) * (rest - mean)).mean(1, keepdim=True).sqrt()
    off = inner - mean
    whole = [
        inner.mean(1, keepdim=True) - mean,
        inner.amin(1, keepdim=True) - rest.amin(1, keepdim=True),
        inner.amax(1, keepdim=True) - rest.amax(1, keepdim=True),
    ]
    # Times one, written as a sum with zeros, spreads a row over all windows in plain operators.
    zeros = off * 0.0
    return torch.cat([off, off / (deviation + SPREAD_FLOOR), *[zeros + part for part in whole]], 2)


def conv(n_in, n_out, stride):
    """A convolution with batch normalisation, folded into it on export, and a ReLU."""
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True))


class Border(nn.Module):
    """n x 3 x 64 x 64 border windows to n x 64 numbers: what is there anywhere, and on the whole."""

    def __init__(self, width=16) -> None:
        super().__init__()
        w = width
        self.layers = nn.Sequential(conv(3, w, 2), conv(w, 24, 2), conv(24, 32, 1), conv(32, LAST, 2))

    def forward(self, window):
        # The window's own brightness and colour say nothing about an edge.
        x = self.layers((window - window.mean((2, 3), keepdim=True)) * 4.0)
        return torch.cat([x.amax((2, 3)), x.mean((2, 3))], 1)


class Head(nn.Module):
    """Everything learnt. Takes compared features and border windows apart, so that the first are made once."""

    def __init__(self, n_features: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(5 * n_features))
        self.register_buffer("deviation", torch.ones(5 * n_features))
        self.inside = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(5 * n_features, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1)
        )
        self.border = Border()
        self.edge = nn.Sequential(nn.Dropout(dropout), nn.Linear(4 * LAST, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def judged_inside(self, compared_features):
        """b x 9 x 5F to b x 9: the windows inside the portrait alone."""
        x = ((compared_features - self.mean) / self.deviation).clamp(-LIMIT, LIMIT)
        return self.inside(x)[..., 0]

    def forward(self, compared_features, border):
        """b x 9 x 5F and b x 12 x 3 x 64 x 64 to b x 21."""
        inner = self.judged_inside(compared_features)
        seen = self.border(border.reshape(-1, 3, SIDE, SIDE)).reshape(-1, N_BORDER, 2 * LAST)
        everywhere = seen * 0.0 + seen.mean(1, keepdim=True)
        outer = self.edge(torch.cat([seen, everywhere], 2))[..., 0] * BORDER_WEIGHT
        return torch.cat([inner, outer], 1)


class Whole(nn.Module):
    """One picture's windows to logits, as the program runs it; the mean of several heads."""

    def __init__(self, heads) -> None:
        super().__init__()
        self.features, self.heads = Features(), nn.ModuleList(heads)

    def forward(self, windows):
        inner = torch.cat([windows[:N_INSIDE], windows[JUDGED:]], 0)
        found = self.features(inner)[None]
        # The border needs no spectra: the places of its features stay empty and are not looked at.
        gap = found[:, : JUDGED - N_INSIDE] * 0.0
        both = compared(torch.cat([found[:, :N_INSIDE], gap, found[:, N_INSIDE:]], 1))
        border = windows[N_INSIDE:JUDGED][None]
        answers = [head(both, border) for head in self.heads]
        return (sum(answers) / len(answers))[0, :, None]
