"""Kernels of rules, watched: that they serve, that they decline, and that the programs give the same."""

import numpy as np

import linad as ln


def answers_of(monkeypatch, module, name):
    """What the kernel gives from here on: a list of answers, None where it declines."""
    answers, kernel = [], getattr(module, name)

    def watched(*args):
        answers.append(kernel(*args))
        return answers[-1]

    monkeypatch.setattr(module, name, watched)
    return answers


def agree(monkeypatch, module, name, cost, A):
    """The kernel serves, and the program gives the same."""
    answers = answers_of(monkeypatch, module, name)
    found = ln.grad(cost)(A)
    assert answers
    assert all(gA is not None for gA in answers)
    monkeypatch.setattr(module, name, lambda *args: None)
    expected = ln.grad(cost)(A)
    assert found.dtype == expected.dtype == A.dtype
    bound = 100 * max(A.shape) * np.finfo(A.dtype).eps * (1 + np.max(np.abs(expected)))
    assert np.max(np.abs(found - expected)) <= bound
    return found
