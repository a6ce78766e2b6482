"""Recursive (IIR) filters over whole ticks, exact and without a loop over samples.

A filter is a linear state space: over a block of samples its outputs and its next state are linear in the state before and in
the inputs. So a tick is three small matrix products: what each block adds to the state, the states at the beginnings of the
blocks (a recursion over blocks, unrolled into one matrix), and the outputs. This is block filtering as in C. W. Barnes and
S. Shinnaka, "Block-shift invariance and block implementation of discrete-time filters", IEEE Transactions on Circuits and
Systems 27 (1980).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.sound import Sound

# Second-order sections, one a row: b0 b1 b2 a0 a1 a2 with a0 = 1.
Sections = NDArray[np.float64]

_BLOCK = 96  # samples; with ten blocks a tick the state matrix stays so small that BLAS does not think of threads
_BLOCKS = TICK_SAMPLES // _BLOCK
_AT_REST = 1e-5  # −100 dBov: what still rings in a filter below this is not worth a tick


def butterworth_high_pass(frequency: float, order: int) -> Sections:
    """A Butterworth high-pass by the bilinear transform, −3 dB at `frequency` Hz.

    Returns:
        `order` / 2 sections; `order` must be even.
    """
    warped = math.tan(math.pi * frequency / SAMPLE_RATE)
    rows = []
    for number in range(order // 2):
        damping = 2.0 * math.sin(math.pi * (2 * number + 1) / (2 * order))
        scale = 1.0 / (1.0 + damping * warped + warped**2)
        rows.append(
            [scale, -2 * scale, scale, 1.0, 2 * scale * (warped**2 - 1), scale * (1 - damping * warped + warped**2)]
        )
    return np.array(rows)


class Cascade:
    """Stages of filters one after another, ready to be run over ticks; the output of every stage can be had.

    Immutable: any number of `RunningFilter` share one.
    """

    def __init__(self, *stages: Sections) -> None:
        self.order = 2 * sum(len(stage) for stage in stages)
        outputs, states = _respond(stages, self.order)
        # Rows: the state before the block, then its inputs. Columns: the block's outputs, one stage after another.
        self._to_outputs = np.ascontiguousarray(np.concatenate(outputs, axis=1), dtype=np.float32)
        self._to_state = np.ascontiguousarray(states[self.order :])
        self._over_blocks = _unroll(states[: self.order])

    def run(self, state: NDArray[np.float64], sound: Sound) -> tuple[NDArray[np.float64], list[Sound]]:
        """Filter one tick.

        Args:
            state: (order,) what the filter remembers; zeros at first.
            sound: (960,) samples.

        Returns:
            The state after it, and (960,) samples for each stage.
        """
        blocks = sound.reshape(_BLOCKS, _BLOCK)
        entering = np.empty((_BLOCKS + 1, self.order))
        entering[0] = state
        np.matmul(blocks.astype(np.float64), self._to_state, out=entering[1:])
        states = (entering.reshape(-1) @ self._over_blocks).reshape(_BLOCKS + 1, self.order)
        before = np.empty((_BLOCKS, self.order + _BLOCK), dtype=np.float32)
        before[:, : self.order] = states[:-1]
        before[:, self.order :] = blocks
        outputs = before @ self._to_outputs
        return states[-1], [
            outputs[:, start : start + _BLOCK].reshape(-1) for start in range(0, outputs.shape[1], _BLOCK)
        ]


def _respond(stages: tuple[Sections, ...], order: int) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
    """What a block does with each unit of state and each unit impulse.

    Returns:
        For each stage (order + 96, 96) outputs, and the (order + 96, order) states after the block. Rows: first the units of
        state, then the impulses.
    """
    causes = order + _BLOCK
    state = np.zeros((order, causes))
    state[:, :order] = np.eye(order)
    outputs = [np.zeros((causes, _BLOCK)) for _ in stages]
    for at in range(_BLOCK):
        signal = np.zeros(causes)
        signal[order + at] = 1.0
        memory = iter(range(0, order, 2))
        for stage, output in zip(stages, outputs, strict=True):
            for (b0, b1, b2, _a0, a1, a2), first in zip(stage, memory, strict=False):
                # Transposed direct form II.
                filtered = b0 * signal + state[first]
                state[first] = b1 * signal - a1 * filtered + state[first + 1]
                state[first + 1] = b2 * signal - a2 * filtered
                signal = filtered
            output[:, at] = signal
    return outputs, np.ascontiguousarray(state.T)


def _unroll(step: NDArray[np.float64]) -> NDArray[np.float64]:
    """s[k+1] = s[k] · step + b[k] for all blocks at once: (s[0], b[0], b[1], …) times this is (s[0], s[1], s[2], …)."""
    order = len(step)
    powers = [np.linalg.matrix_power(step, exponent) for exponent in range(_BLOCKS + 1)]
    size = (_BLOCKS + 1) * order
    unrolled = np.zeros((size, size))
    for row in range(_BLOCKS + 1):
        for column in range(row, _BLOCKS + 1):
            unrolled[row * order : (row + 1) * order, column * order : (column + 1) * order] = powers[column - row]
    return unrolled


@dataclass
class RunningFilter:
    """One sound's way through a cascade, tick by tick."""

    cascade: Cascade
    _state: NDArray[np.float64] | None = None  # nothing was heard yet

    def reset(self) -> None:
        """Forget what was heard."""
        self._state = None

    @property
    def at_rest(self) -> bool:
        """Whether nothing audible rings on, so that a tick of silence need not be filtered."""
        return self._state is None or bool(np.abs(self._state).max() < _AT_REST)

    def run(self, sound: Sound) -> list[Sound]:
        """One tick (960,) in; for each stage of the cascade one tick out."""
        state = np.zeros(self.cascade.order) if self._state is None else self._state
        self._state, outputs = self.cascade.run(state, sound)
        return outputs
