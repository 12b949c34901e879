"""Error rates of scores, with intervals. A higher score is more live throughout."""

import numpy as np

ROUNDS = 200
"""Bootstrap rounds behind an interval."""


def auc(live: np.ndarray, attack: np.ndarray) -> float:
    """The chance that a live picture scores above an attack."""
    order = np.sort(attack)
    below = np.searchsorted(order, live, "left") + np.searchsorted(order, live, "right")
    return float(below.mean() / (2.0 * len(attack)))


def eer(live: np.ndarray, attack: np.ndarray) -> float:
    """The error rate where as many live pictures are refused as attacks are let by."""
    cuts = np.unique(np.concatenate((live, attack)))
    refused = np.searchsorted(np.sort(live), cuts, "left") / len(live)
    passed = 1.0 - np.searchsorted(np.sort(attack), cuts, "left") / len(attack)
    at = int(np.argmin(np.abs(refused - passed)))
    return float((refused[at] + passed[at]) / 2.0)


def cut_refusing(live: np.ndarray, share: float) -> float:
    """The highest cut that refuses at most this share of live pictures (refused is below the cut)."""
    order = np.sort(live)
    return float(order[int(np.floor(share * len(order)))])


def apcer_at(live: np.ndarray, attack: np.ndarray, bpcer: float) -> float:
    """Share of attacks let by where at most `bpcer` of the live pictures are refused."""
    return float((attack >= cut_refusing(live, bpcer)).mean())


def interval(measure, live, attack, live_groups, attack_groups, seed: int) -> tuple[float, float]:
    """A 95 % interval of `measure(live, attack)` over resampled groups, never over single patches.

    A group is a source, a document kind or a clip. Live pictures and attacks of one group are drawn
    together, since they share a photographer and a device.
    """
    rng = np.random.default_rng(seed)
    names = sorted(set(live_groups) | set(attack_groups))
    live_of = {n: live[np.array(live_groups) == n] for n in names}
    attack_of = {n: attack[np.array(attack_groups) == n] for n in names}
    values = []
    for _ in range(ROUNDS):
        drawn = [names[i] for i in rng.integers(len(names), size=len(names))]
        some_live = np.concatenate([live_of[n] for n in drawn])
        some_attack = np.concatenate([attack_of[n] for n in drawn])
        if len(some_live) and len(some_attack):
            values.append(measure(some_live, some_attack))
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
