"""`mirrorhunt hunt`: the main job."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from mirrorhunt import config as settings
from mirrorhunt import confirming, name_lists, publishing, targets
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import err, hunt_progress, shown_host, table, talk
from mirrorhunt.config import Config
from mirrorhunt.crawling.runner import Crawled, crawl
from mirrorhunt.errors import ConfigError, MirrorhuntError
from mirrorhunt.exports import Row, jsonl
from mirrorhunt.model import Verdict
from mirrorhunt.sources import sources
from mirrorhunt.store import findings, hosts, runs
from mirrorhunt.store.session import storing

SHOWN_ROWS = 40
AUTO_CONFIRM = 0.01
"""The share of wrong ones that --auto-confirm allows where the settings name none."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(hunt)


def hunt(
    context: typer.Context,
    seeds: Annotated[list[str], typer.Argument(metavar="SEED...", help="Hosts known to belong.")],
    network: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Network's name; else the first seed's label."),
    ] = None,
    candidates: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Names to consider as well, one a line."),
    ] = None,
    protect: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Names never to score or publish, one a line."),
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, help="How often to start from what was found.")
    ] = None,
    budget: Annotated[
        int | None, typer.Option(min=1, metavar="HOSTS", help="How many hosts to look at.")
    ] = None,
    vantage: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Look from there too: a [vantages.NAME] of the configuration. May be repeated.",
        ),
    ] = None,
    browser: Annotated[
        bool | None,
        typer.Option(
            "--browser/--no-browser",
            help="Draw pages that only a browser can read, and take pictures of what stands.",
        ),
    ] = None,
    auto_confirm: Annotated[
        bool | None,
        typer.Option(
            "--auto-confirm/--no-auto-confirm",
            help="From now on confirm in this network what the policy is sure of, while an audit "
            "bounds the error by 1 %; or never.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON lines.")
    ] = False,
) -> None:
    """Find the mirrors of a network from one or more SEEDs, and say why.

    Follows links, announcements, redirects, certificates and DNS names, round by round, until
    nothing new stands or the budget is spent. A hunt that was stopped goes on where it was.

    Example: mirrorhunt hunt goal1.example --network goal --rounds 5
    """
    base: Context = context.obj
    config = settings.with_options(
        base.config,
        rounds=rounds,
        hosts_per_hunt=budget,
        browser=browser,
        **looking_from(base.config, vantage or []),
        protect=(*base.config.protect, *(str(p) for p in protect or ())),
        auto_confirm=_bound(base.config.auto_confirm, auto_confirm),
    )
    context.obj = Context(config)
    said = None if auto_confirm is None else Said(_own_bound(base.config, auto_confirm))
    run = Hunt(config, seeds, network, candidates, said)
    raise typer.Exit(run.go(ask=not yes, as_json=as_json))


def looking_from(config: Config, named: list[str]) -> dict[str, object]:
    """The settings that ``--vantage`` stands for. Raises ConfigError.

    Where no vantage is configured, one name says what to call where we look from.
    """
    if not named:
        return {}
    if not config.vantages and len(named) == 1:
        return {"vantage": named[0]}
    return {"look_from": tuple(dict.fromkeys((*config.look_from, *named)))}


def _bound(setting: float, asked: bool | None) -> float:
    """The share of wrong ones allowed where confirming without a person was *asked* for."""
    if asked is None:
        return setting
    return (setting or AUTO_CONFIRM) if asked else 0.0


def _own_bound(settings: Config, asked: bool) -> float | None:
    """What is kept for the network, so that it holds when a review or a recheck judges it again.

    None where the settings ask for it anyway: whoever makes them stricter means this network too.
    """
    if not asked:
        return 0.0
    return None if settings.auto_confirm else AUTO_CONFIRM


@dataclass(frozen=True, slots=True)
class Said:
    """That something was said about confirming without a person in this network."""

    bound: float | None
    """The share of wrong ones; 0: never; None: as the settings say."""


class Hunt:
    """One call of the command."""

    def __init__(
        self,
        config: Config,
        seeds: list[str],
        network: str | None,
        candidates: Path | None,
        said: Said | None = None,
    ) -> None:
        self.config = config
        here = Context(config)
        self.engine: Engine = here.engine()
        self.keep = here.keep(self.engine)
        self.seeds = targets.check_seeds(seeds, self.keep)
        self.network = network or targets.network_name(self.seeds[0])
        name_lists.check(config.name_feeds)
        if candidates is not None:
            targets.read_candidates(candidates)
        for name in config.sources:
            if name not in sources:
                there = ", ".join(sources)
                raise ConfigError(f"sources: there is no source {name!r}; there are: {there}")
        self.candidates = candidates
        self.said = said

    def go(self, *, ask: bool, as_json: bool) -> int:
        """Hunt, print what was found, and return the exit code."""
        if ask and err.is_terminal:
            named = ", ".join(self.seeds)
            typer.confirm(
                f"Look at {named} and at most {self.config.hosts_per_hunt} hosts from there?",
                default=True,
                abort=True,
                err=True,
            )
        with runs.lock(self.engine):
            self._say_if_resumed()
            # Before, or a network that is known is judged as was said earlier; and after, as one
            # that is new is not there before.
            self._keep_auto_confirm()
            ended = self._crawl()
            self._keep_auto_confirm()
        if not ended.failures or ended.has_looked:
            self.show(as_json=as_json)
        return self._code(ended)

    def _say_if_resumed(self) -> None:
        with storing(), self.engine.begin() as connection:
            if self.network not in hosts.network_names(connection):
                return
            network_id = hosts.find_network_id(connection, self.network)
            open_run = runs.find_open(connection, "hunt", network_id)
        if open_run is not None:
            talk(
                f"going on with the hunt of {open_run.started_at:%Y-%m-%d %H:%M} UTC, "
                f"which was stopped in round {open_run.round}"
            )

    def _keep_auto_confirm(self) -> None:
        if self.said is None:
            return
        with storing(), self.engine.begin() as connection:
            if self.network in hosts.network_names(connection):
                network_id = hosts.find_network_id(connection, self.network)
                hosts.set_auto_confirm(connection, network_id, self.said.bound)

    def _crawl(self) -> Crawled:
        arguments = {"seeds": ",".join(self.seeds), "network": self.network}
        if self.candidates is not None:
            arguments["candidates"] = str(self.candidates)
        with hunt_progress() as progress:
            return crawl(self.config, "hunt", arguments, progress)

    def show(self, *, as_json: bool) -> None:
        """Print what stands."""
        rows = list(
            publishing.rows(
                self.engine,
                self.keep,
                network=self.network,
                at_least=Verdict.PROBABLE,
                valid_days=self.config.valid_days,
                only_live=False,
            )
        )
        if as_json:
            for row in rows:
                typer.echo(jsonl.line(row), nl=False)
            return
        rows.sort(key=lambda r: (r.verdict, -r.score_bits, r.host))
        table(
            ("host", "verdict", "bits", "state", "found by", "strongest evidence"),
            [
                (
                    shown_host(r.host),
                    r.verdict,
                    f"{r.score_bits:.1f}",
                    r.availability,
                    " ".join(r.techniques),
                    r.evidence[0].because if r.evidence else "given as a seed",
                )
                for r in rows[:SHOWN_ROWS]
            ],
        )
        if len(rows) > SHOWN_ROWS:
            talk(
                f"… and {len(rows) - SHOWN_ROWS} more: `mirrorhunt export csv --verdict probable`"
            )
        self._summary(rows)

    def _summary(self, rows: list[Row]) -> None:
        with storing(), self.engine.begin() as connection:
            states = findings.availability_counts(connection, self.network)
        standing = sum(1 for r in rows if r.availability == "live")
        looked = ", ".join(f"{count} {state}" for state, count in states.items())
        talk(f"{standing} live hosts stand in {self.network!r}; candidates by state: {looked}")
        for line in confirming.said(self.engine, self.config.auto_confirm, self.network):
            talk(line)
        talk("why: `mirrorhunt explain HOST`; publish: `mirrorhunt export csv --verdict probable`")

    def _code(self, ended: Crawled) -> int:
        for failure in ended.failures:
            if not isinstance(failure, MirrorhuntError):
                traceback.print_exception(failure)
            talk(f"mirrorhunt: {failure}", "red")
        if ended.failures:
            first = ended.failures[0]
            return first.exit_code if isinstance(first, MirrorhuntError) else 1
        if ended.reason != "finished":
            talk(f"stopped early ({ended.reason}): start the same command again to go on", "red")
            return 1
        if absent := _named(ended, "source_absent"):
            noun = "the source {} does" if len(absent) == 1 else "the sources {} do"
            said = noun.format(", ".join(absent))
            talk(f"not asked: {said} not exist in this DNS", "yellow")
        for name in _named(ended, "source_spent"):
            answered = ended.stats.get(f"mirrorhunt/source_answered/{name}", 0)
            talk(f"the source {name} allows no more than the {answered} questions it answered")
        degraded = False
        if faults := ended.stats.get("mirrorhunt/given_up/fault"):
            talk(f"degraded: {faults} pages brought out a fault in this program", "yellow")
            degraded = True
        if missed := ended.stats.get("mirrorhunt/given_up/network"):
            talk(f"degraded: {missed} pages were not seen, as our own network failed", "yellow")
            degraded = True
        if silent := _named(ended, "nameserver_down"):
            talk(f"degraded: these nameservers stopped answering: {', '.join(silent)}", "yellow")
            degraded = True
        for name in _named(ended, "vantage_failed"):
            why = ended.stats[f"mirrorhunt/vantage_failed/{name}"]
            talk(f"degraded: nothing was seen from the vantage {name}: {why}", "yellow")
            degraded = True
        for name in _named(ended, "nameserver_lies"):
            why = ended.stats[f"mirrorhunt/nameserver_lies/{name}"]
            talk(f"degraded: the nameserver {name} is not believed: {why}", "yellow")
            degraded = True
        for name in _named(ended, "nameserver_blocks"):
            count = ended.stats[f"mirrorhunt/nameserver_blocks/{name}"]
            talk(f"degraded: the nameserver {name} hides {count} names that exist", "yellow")
            degraded = True
        degraded |= _tell_of_browser(ended)
        degraded |= _tell_of_archive(ended)
        for name in _named(ended, "source_failed"):
            stats = {
                what: ended.stats.get(f"mirrorhunt/source_{what}/{name}", 0) for what in _TOLD
            }
            talk(
                f"degraded: the source {name} answered {stats['answered']} and failed "
                f"{stats['failed']} questions, last by {stats['error']}",
                "yellow",
            )
            degraded = True
        return 5 if degraded else 0


def _tell_of_archive(ended: Crawled) -> bool:
    """Say what could not be kept; True if anything could not."""
    missed = sum(int(ended.stats.get(f"mirrorhunt/archive/{w}", 0)) for w in ("full", "failed"))
    if not missed:
        return False
    why = ended.stats["mirrorhunt/archive/why"]
    talk(f"degraded: {missed} looks were stored without a capture: {why}", "yellow")
    return True


def _tell_of_browser(ended: Crawled) -> bool:
    """Say what the browser did and did not do; True if it failed us."""

    def count(what: str) -> int:
        return int(ended.stats.get(f"mirrorhunt/browser/{what}", 0))

    def because(what: str) -> str:
        return str(ended.stats.get(f"mirrorhunt/browser/why_{what}", "it could not be started"))

    if count("drawn"):
        talk(
            f"a browser drew {count('drawn')} pages; {count('changed')} of them showed more in it "
            f"than they send, and {count('pictures')} pictures were taken"
        )
    if passed := count("missing"):
        talk(f"{passed} pages were passed over for want of a browser: {because('missing')}")
    if passed := count("unwanted"):
        talk(f"{passed} pages that only a browser can read were read as sent (--no-browser)")
    if passed := count("over_budget"):
        talk(f"{passed} pages were not drawn, as the budget (browser_pages_per_hunt) was spent")
    if failed := count("failed"):
        talk(f"degraded: the browser failed, {failed} pages: {because('failed')}", "yellow")
    return bool(failed)


_TOLD = ("answered", "failed", "error")


def _named(ended: Crawled, what: str) -> list[str]:
    """The names that the crawl's stats hold under *what*, sorted."""
    prefix = f"mirrorhunt/{what}/"
    return sorted(key.removeprefix(prefix) for key in ended.stats if key.startswith(prefix))
