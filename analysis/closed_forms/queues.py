"""Waiting lines with many servers."""

from __future__ import annotations


def erlang_b(servers: float, load: float) -> float:
    """Share of arrivals lost in M/M/c/c, by the stable recursion B_k = a B_{k-1} / (k + a B_{k-1}).

    Units: ``load`` in Erlangs. Raises: ValueError for servers < 0 or load < 0. Source: Erlang (1917).
    Example:
        >>> round(erlang_b(2, 1.6), 9)
        0.329896907
    """
    if servers < 0 or load < 0:
        raise ValueError(f"servers {servers} and load {load}; expected both >= 0")
    b = 1.0
    for k in range(1, int(servers) + 1):
        b = load * b / (k + load * b)
    return b


def erlang_c(servers: float, load: float) -> float:
    """Probability of having to wait in M/M/c. Raises: ValueError unless load < servers.

    Example:
        >>> round(erlang_c(2, 1.6), 9)
        0.711111111
    """
    if not 0 <= load < servers:
        raise ValueError(
            f"load {load} on {servers} servers; expected 0 <= load < servers, the queue has no steady state otherwise"
        )
    b = erlang_b(servers, load)
    return b / (1 - load / servers * (1 - b))


def allen_cunneen(servers: float, load: float, arrival_cv2: float = 1.0, service_cv2: float = 1.0) -> float:
    """Mean wait in the queue of GI/G/c, in mean service times. Exact for M/M/c and for M/G/1.

    Args: squared coefficients of variation of the gaps and of the services.
    Raises: as :func:`erlang_c`. Source: Allen (1990), Probability, Statistics and Queueing Theory, 2nd ed.
    Example:
        >>> round(allen_cunneen(20, 17.0), 9)
        0.128352077
    """
    return erlang_c(servers, load) / (servers - load) * (arrival_cv2 + service_cv2) / 2


def servers_for_wait(load: float, probability: float) -> int:
    """The fewest servers at which at most ``probability`` of arrivals wait.

    Example:
        >>> servers_for_wait(1.0, 0.2)
        3
    """
    servers = int(load) + 1
    while erlang_c(servers, load) > probability:
        servers += 1
    return servers
