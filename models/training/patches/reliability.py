"""Whether a probability means what it says: bins, and the expected calibration error.

Live pictures and attacks weigh the same, as they do where the probabilities are fitted.
"""

import numpy as np

from calibrate import Calibration, platt

BINS = 10


def crosswise(live, attack, live_folds, attack_folds) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of left-out logits under a calibration that was fitted without their fold."""
    found = []
    for logits, folds in ((live, live_folds), (attack, attack_folds)):
        of = np.zeros(len(logits))
        for fold in sorted(set(live_folds) | set(attack_folds)):
            rest = platt(live[live_folds != fold], attack[attack_folds != fold])
            of[folds == fold] = Calibration(*rest, {}).probability(logits[folds == fold])
        found.append(of)
    return found[0], found[1]


def bins_of(live: np.ndarray, attack: np.ndarray) -> list[dict]:
    """Of every tenth: how many there are, what was said on average, and what share was live."""
    found = []
    said = np.concatenate((live, attack))
    truth = np.concatenate((np.ones(len(live)), np.zeros(len(attack))))
    weight = np.concatenate((np.full(len(live), 0.5 / len(live)), np.full(len(attack), 0.5 / len(attack))))
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    for number in range(BINS):
        at = place == number
        total = weight[at].sum()
        found.append(
            {
                "from": number / BINS,
                "pictures": int(at.sum()),
                "weight": float(total),
                "said": float((said * weight)[at].sum() / total) if total else None,
                "live": float((truth * weight)[at].sum() / total) if total else None,
            }
        )
    return found


def errors_of(live: np.ndarray, attack: np.ndarray) -> float:
    """The expected calibration error: the mean distance of what was said from what was so, over bins."""
    return sum(b["weight"] * abs(b["said"] - b["live"]) for b in bins_of(live, attack) if b["weight"])


def reliability(live, attack, live_folds, attack_folds) -> dict:
    """The bins and the error, of probabilities that were fitted without the fold they are said of."""
    p, q = crosswise(live, attack, live_folds, attack_folds)
    return {"bins": bins_of(p, q), "error": errors_of(p, q), "live": p, "attack": q}
