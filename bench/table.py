"""Figures beside the goals of goals.toml, as Markdown; sweep.py and market.py share it."""


def verdict(goal: dict, value: float) -> str:
    """Whether a goal is met; "quoted" where there is none."""
    if "at_most" in goal:
        return "met" if value <= goal["at_most"] else "**missed**"
    if "at_least" in goal:
        return "met" if value >= goal["at_least"] else "**missed**"
    return "quoted"


def wanted(goal: dict) -> str:
    """The goal in a table: ">= 8", and what would be better still."""
    if "at_most" in goal:
        return f"<= {goal['at_most']:g}"
    if "at_least" in goal:
        return f">= {goal['at_least']:g}" + (f" ({goal['better']:g} wanted)" if "better" in goal else "")
    return ""


def table(goals: list[dict], rows: dict[str, float], details: dict[str, str] | None = None, judged: bool = True) -> str:
    """The figures as Markdown, in the order of goals.toml; those not measured are left out. ``details``: words beside a
    figure, in a column of their own. Unless ``judged``, as in a quick run, no figure is said to meet or miss its goal."""
    head = ["measure", "figure", *(["measured"] if details is not None else []), "goal", ""]
    lines = [head, ["---"] * len(head)]
    for goal in goals:
        if goal["id"] in rows:
            value = rows[goal["id"]]
            beside = [details.get(goal["id"], "")] if details is not None else []
            lines.append(
                [
                    goal["measure"],
                    f"{value:.3g} {goal['unit']}".strip(),
                    *beside,
                    wanted(goal),
                    verdict(goal, value) if judged else "",
                ]
            )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def closing(goals: list[dict], rows: dict[str, float], quick: bool) -> str:
    """The sentence below a table."""
    if quick:
        return "a quick run: sizes are smaller than the names say, and the figures tell nothing about the goals"
    missed = [goal["measure"] for goal in goals if goal["id"] in rows and "missed" in verdict(goal, rows[goal["id"]])]
    return f"goals missed: {'; '.join(missed)}" if missed else "every goal is met"
