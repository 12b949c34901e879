"""Mean logits into probabilities, and the thresholds of the three strictness levels."""

from dataclasses import dataclass

import numpy as np

from figures import cut_refusing

SOFT_REFUSES = 0.01
"""SOFT refuses at most this share of the genuine pictures it was set on."""

HARD_LETS_BY = 0.02
"""HARD lets at most this share of the attacks it was set on by."""

HARD_REFUSES = 0.4
"""And yet HARD refuses at most this share of the genuine pictures, or it would be of no use."""

EVEN = 0.5
"""REGULAR: more likely an attack than live, were both equally common."""


@dataclass(frozen=True)
class Calibration:
    """probability = sigmoid(scale * mean logit + bias); below a threshold is refused."""

    scale: float
    bias: float
    thresholds: dict[str, float]

    def probability(self, logits: np.ndarray) -> np.ndarray:
        """The probability of being live."""
        return 1.0 / (1.0 + np.exp(-(self.scale * np.asarray(logits) + self.bias)))


def platt(live: np.ndarray, attack: np.ndarray) -> tuple[float, float]:
    """Scale and bias by Newton's method, live and attack weighing the same (Platt's soft targets)."""
    x = np.concatenate((live, attack))
    weight = np.concatenate(
        (np.full(len(live), 0.5 / len(live)), np.full(len(attack), 0.5 / len(attack)))
    )
    target = np.concatenate(
        (
            np.full(len(live), (len(live) + 1.0) / (len(live) + 2.0)),
            np.full(len(attack), 1.0 / (len(attack) + 2.0)),
        )
    )
    design = np.stack((x, np.ones_like(x)), axis=1)
    found = np.array([1.0 / max(x.std(), 1e-6), -x.mean() / max(x.std(), 1e-6)])
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-design @ found))
        slope = design.T @ (weight * (p - target))
        bend = (design * (weight * p * (1.0 - p))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        found = found - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-10:
            break
    if found[0] <= 0.0:
        raise SystemExit("the scores run the wrong way: nothing to calibrate")
    return float(found[0]), float(found[1])


def calibrate(live: np.ndarray, attack: np.ndarray) -> Calibration:
    """Fits the probabilities and sets the thresholds; SOFT <= REGULAR <= HARD by construction."""
    scale, bias = platt(live, attack)
    bare = Calibration(scale, bias, {})
    soft = cut_refusing(bare.probability(live), SOFT_REFUSES)
    most = cut_refusing(bare.probability(live), HARD_REFUSES)
    attacks = np.sort(bare.probability(attack))
    hard = attacks[min(int(np.ceil((1.0 - HARD_LETS_BY) * len(attacks))), len(attacks) - 1)]
    thresholds = {
        "SOFT": round(float(np.clip(soft, 0.02, EVEN)), 3),
        "REGULAR": EVEN,
        "HARD": round(float(np.clip(min(hard, most), EVEN, 0.98)), 3),
    }
    return Calibration(round(scale, 5), round(bias, 5), thresholds)
