"""How far a patch is from everything the model was trained on.

The features of `spectra.Spectra` are moved to the training's mean, turned to its main axes and divided by
its deviation along each (Mahalanobis); the novelty of a patch is the root of the mean of the squares. It is the
higher the less the training held of such spectra, and knows nothing of the classes.
"""

from dataclasses import dataclass

import numpy as np

LEAST = 0.5
"""Added to the variance along every axis, so that axes along which nothing varies do not decide alone."""


@dataclass(frozen=True)
class Novelty:
    """The novelty of features x is the root of the mean of the squares of `ways @ x + shift`."""

    ways: np.ndarray  # F x F
    shift: np.ndarray  # F

    def of(self, features: np.ndarray) -> np.ndarray:
        """One number a patch."""
        return np.sqrt(np.square(features @ self.ways.T + self.shift).mean(axis=1))


def fitted(features: np.ndarray, weights: np.ndarray) -> Novelty:
    """From the features of the training's patches, each with its weight."""
    share = weights / weights.sum()
    middle = share @ features
    moved = features - middle
    values, axes = np.linalg.eigh((moved * share[:, None]).T @ moved)
    ways = (axes / np.sqrt(values + LEAST)).T
    return Novelty(ways.astype(np.float32), (-ways @ middle).astype(np.float32))
