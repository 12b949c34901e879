"""What the locator and the portrait finder are built of."""

from torch import nn
from torch.nn import functional as F


def conv(n_in, n_out, stride=1):
    """A convolution with batch normalisation, folded into it on export, and a ReLU."""
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """Two convolutions around which the input is carried."""

    def __init__(self, n):
        super().__init__()
        self.first = conv(n, n)
        self.second = nn.Sequential(nn.Conv2d(n, n, 3, 1, 1, bias=False), nn.BatchNorm2d(n))

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))
