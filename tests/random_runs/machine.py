"""Draws runs from seeds, and cuts a run that failed down to the steps that matter."""

import random

from .steps import Steps

LENGTH = 25


def draw(seed):
    """Return the steps of a run: (name, three numbers) each."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    names = rng.choices(list(Steps.WEIGHTS), list(Steps.WEIGHTS.values()), k=LENGTH)
    return [(name, *(rng.randrange(10_000) for _number in range(3))) for name in names]


def shrunk(steps, fails, attempts=150):
    """Return as few steps as possible that still fail.

    :param fails: a function that takes steps and says whether they fail
    :param attempts: how often ``fails`` may be called
    """
    size = len(steps) // 2
    while size and attempts:
        start = 0
        while start < len(steps) and attempts:
            fewer = steps[:start] + steps[start + size :]
            attempts -= 1
            if fewer and fails(fewer):
                steps = fewer
            else:
                start += size
        size = min(size // 2, len(steps) // 2) if size > 1 else 0
    return steps
