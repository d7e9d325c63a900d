"""The list of scenarios: a function, its name, what its server is told, how long it may take."""

import dataclasses
import importlib
import pathlib
from typing import Awaitable, Callable

SCENARIOS: dict[str, "Scenario"] = {}
# A scenario takes seconds; this is for a machine that does other things besides.
SECONDS = 60


@dataclasses.dataclass
class Scenario:
    name: str
    play: Callable[..., Awaitable[None]]
    seconds: float
    # The clients may log warnings: the scenario takes their server or their login away.
    rough: bool
    # It takes gigabytes and minutes, so it runs only where it is asked for.
    large: bool
    settings: dict


def scenario(seconds=SECONDS, rough=False, large=False, each=None, outbox=(), **settings):
    """Marks `async def name(stage)`, or with `each` `async def name(stage, value)`, one scenario a value.

    The values in `outbox`, or True where there is no `each`, are played once more with deliveries through the
    outbox, where they are late, come twice and out of order. `settings` are keys of the server's configuration."""

    def add(name, play, also_by_outbox):
        assert name not in SCENARIOS, f"two scenarios are called {name}"
        SCENARIOS[name] = Scenario(name, play, seconds, rough, large, settings)
        if also_by_outbox:
            by_outbox = f"{name} through the outbox"
            SCENARIOS[by_outbox] = Scenario(by_outbox, play, seconds, rough, large, settings | {"deliveries": "outbox"})

    def mark(play):
        if each is None:
            add(play.__name__, play, bool(outbox))
        for value in each or ():
            said = value if isinstance(value, str) else ">".join(value)
            add(f"{play.__name__}[{said}]", lambda stage, value=value: play(stage, value), value in outbox)
        return play

    return mark


def load() -> dict[str, Scenario]:
    """Reads every file of scenarios."""
    for path in sorted((pathlib.Path(__file__).parents[1] / "scenarios").glob("[a-z]*.py")):
        importlib.import_module(f"scenarios.{path.stem}")
    return SCENARIOS
