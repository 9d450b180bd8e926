"""A time that no schedule can be shorter than.

With p[j][i] the seconds of job j on server i (its true tokens, warm, nobody else there), the bound is

    max( critical path at the fastest speeds,  max over q of [ min head(J_q) + A(J_q) + q ] )

where J_q are the jobs that at least q seconds of others follow, head(j) is the longest path before j at the fastest speeds,
and A(J) = max over λ of Σj min_i λ_i·p[j][i], for λ >= 0 and Σ slots_i·λ_i = 1. That is the dual of spreading J over the
slots, so every λ gives a true bound: a poor search only makes the bound smaller, never wrong.
"""
import math

ASCENTS = 6
STEPS = 120


def paths(least, dependencies):
    """The longest paths before and after each job; a job's dependencies are listed before it."""
    heads, tails = [0.0] * len(least), [0.0] * len(least)
    for job, needed in enumerate(dependencies):
        heads[job] = max((heads[other] + least[other] for other in needed), default=0.0)
    for job in reversed(range(len(least))):
        for other in dependencies[job]:
            tails[other] = max(tails[other], tails[job] + least[job])
    return heads, tails


def area(times, prices):
    return sum(min(price * seconds for price, seconds in zip(prices, row)) for row in times)


def normalized(prices, slots):
    whole = sum(count * price for count, price in zip(slots, prices))
    return [price / whole for price in prices]


def start_prices(times, slots):
    """Equal prices, and prices in proportion to speed (exact when every job is as much faster on a faster server)."""
    servers = range(len(slots))
    speeds = [1 / max(1e-12, sum(row[server] for row in times)) for server in servers]
    relative = [sum(min(row) / row[server] for row in times) for server in servers]
    return [normalized(prices, slots) for prices in ([1.0] * len(slots), speeds, relative)]


def ascend(times, slots, prices):
    """Raises the price of servers that get too much of the work and lowers the others'; the best area seen."""
    best, whole = area(times, prices), list(prices)
    for step in range(STEPS):
        load = [0.0] * len(slots)
        for row in times:
            costs = [price * seconds for price, seconds in zip(whole, row)]
            chosen = costs.index(min(costs))
            load[chosen] += row[chosen]
        target = sum(price * seconds for price, seconds in zip(whole, load))
        if target <= 0:
            break
        rate = 0.5 / (1 + step / 4)
        whole = normalized([price * math.exp(rate * max(-1.0, min(1.0, seconds / count / target - 1)))
                            for price, seconds, count in zip(whole, load, slots)], slots)
        best = max(best, area(times, whole))
    return best


def lower_bound(times, dependencies, slots):
    """Seconds; `dependencies[j]` are indices of earlier jobs, `times[j][i]` seconds of job j on server i."""
    if not times:
        return 0.0
    least = [min(row) for row in times]
    heads, tails = paths(least, dependencies)
    bound = max(head + own + tail for head, own, tail in zip(heads, least, tails))
    sets = []
    for tail in sorted(set(tails)):
        members = [job for job in range(len(times)) if tails[job] >= tail]
        rows = [times[job] for job in members]
        head = min(heads[job] for job in members)
        starts = start_prices(rows, slots)
        areas = [area(rows, prices) for prices in starts]
        sets.append((head + max(areas) + tail, head + tail, rows, starts[areas.index(max(areas))]))
    sets.sort(key=lambda item: -item[0])
    for total, around, rows, prices in sets[:ASCENTS]:
        bound = max(bound, total, around + ascend(rows, slots, prices))
    return bound
