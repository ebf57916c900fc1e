"""Which browser there is, how it is started, and what its processes use.

Playwright's own Chromium, or the system's: the flags are what matters, and they are set here. What
a browser asks of its makers by itself is switched off; what a page could reach past the proxy
(names, WebRTC, QUIC) too. The address guard rests on the proxy, not on the flags.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from mirrorhunt.config import Config
from mirrorhunt.errors import ConfigError, MirrorhuntError
from mirrorhunt.net._sandbox import WHY_NAMESPACES, WHY_ROOT, stays_confined

_FOLDER = "mirrorhunt-browser-"
LAUNCH_TIMEOUT_S = 30.0
JS_HEAP_MIB = 512
"""Of one page; above it the page crashes, and the browser goes on."""
SYSTEM_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = "`playwright install chromium`, or your system's (Debian: `apt-get install chromium`)"

# The last --disable-features wins, so Playwright's own are here again (release 1.65), and those
# that ask for something in the background. Frames of other sites stay in the page's process: a
# page has a context of its own, without anything that one site could take from another, and each
# process costs 40 MB and more. A window's own parts (toolbar, suggestions) are pages, too, with a
# process to themselves: nobody sees them, and they cost 0.6 of the 1.8 s of CPU that a page with
# its picture took (measured on 2026-11-24).
_DISABLED_FEATURES = (
    "AcceptCHFrame",
    "AimEnabled",
    "AutoDeElevate",
    "AutofillServerCommunication",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "CertificateTransparencyComponentUpdater",
    "DestroyProfileOnBrowserClose",
    "DialMediaRouteProvider",
    "GlobalMediaControls",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "InitialWebUI",
    "InterestFeedContentSuggestions",
    "IsolateOrigins",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "PreloadTopChromeWebUI",
    "Prerender2",
    "RenderDocument",
    "SegmentationPlatform",
    "SpareRendererForSitePerProcess",
    "ThirdPartyStoragePartitioning",
    "Translate",
    "WebUIBackForwardButton",
    "WebUIHomeButton",
    "WebUILocationBar",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
    "WebUIReloadButton",
    "WebUISplitTabsButton",
    "WebUIToolbar",
    "site-per-process",
)
FLAGS = (
    f"--disable-features={','.join(_DISABLED_FEATURES)}",
    "--disable-site-isolation-trials",
    # Names are resolved by the proxy; the browser itself finds none.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-gpu",
    "--disable-print-preview",
    "--disable-notifications",
    "--disable-speech-api",
    "--disable-external-intent-requests",
    "--mute-audio",
    "--autoplay-policy=user-gesture-required",
    "--deny-permission-prompts",
    f"--js-flags=--max-old-space-size={JS_HEAP_MIB}",
)
"""For a browser of ours and, by hand, for a remote one (docs/browser.md)."""
# Playwright lets pages open windows and flood the browser, so that tests of sites can do so too.
_NOT_PLAYWRIGHTS = ("--disable-popup-blocking", "--disable-ipc-flooding-protection")


class BrowserMissingError(MirrorhuntError):
    """There is no browser; the message says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A browser's program, and who says so."""

    path: str
    origin: str
    """``configured``, ``playwright`` or ``system``."""


def find(config: Config, playwrights: str = "") -> Program:
    """The program to start; *playwrights* is where Playwright would have put its own.

    Raises BrowserMissingError, or ConfigError where the operator named one that is not there.
    """
    if config.browser_path:
        named = shutil.which(config.browser_path)
        if named is None:
            raise ConfigError(
                f"browser_path: {config.browser_path!r} is no program that can be run; empty for "
                "the one that is found"
            )
        return Program(named, "configured")
    if playwrights and Path(playwrights).is_file():
        return Program(playwrights, "playwright")
    for name in SYSTEM_PROGRAMS:
        path = shutil.which(name)
        if path is not None:
            return Program(path, "system")
    raise BrowserMissingError(f"no Chromium on this machine; get one: {REMEDY}")


async def look(config: Config) -> Program:
    """As `find`, with Playwright asked for its own. Raises as `find` does."""
    if config.browser_path:
        return find(config)
    async with async_playwright() as playwright:
        return find(config, playwright.chromium.executable_path)


def may_sandbox() -> bool:
    """False for root, for whom Chromium does not start in its sandbox."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0


@dataclass(eq=False)
class Chromium:
    """A browser of ours that runs, with its profile and processes."""

    browser: PlaywrightBrowser
    program: Program
    is_sandboxed: bool
    """Its pages are in the sandbox: as it was started, and as /proc shows where it does."""
    folder: Path
    """Its home and temporary files; ours to remove."""
    mark: str
    """A flag that no other process has."""
    _processes: dict[int, psutil.Process] = field(default_factory=dict)
    _driver: psutil.Process | None = None
    """Playwright's, which has started it."""
    _looking: threading.Lock = field(default_factory=threading.Lock)
    """The memory is looked at in a thread, which may still be at it when all is ended."""

    @classmethod
    async def launch(cls, playwright: Playwright, config: Config, proxy: str) -> "Chromium":
        """Start one that has no way out but *proxy*, and none through that without an account.

        In its sandbox where that can be. Raises BrowserMissingError, ConfigError and Playwright's
        errors.
        """
        program = find(config, playwright.chromium.executable_path)
        _sweep()
        folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
        mark = f"--mirrorhunt={secrets.token_hex(8)}"
        try:
            for is_sandboxed in (True, False) if may_sandbox() else (False,):
                try:
                    browser = await _launched(
                        playwright, program, is_sandboxed, folder, proxy, mark
                    )
                except PlaywrightError as e:
                    # Neither user namespaces nor a helper with the rights of root.
                    if not (is_sandboxed and "sandbox" in str(e).lower()):
                        raise
                else:
                    return cls(browser, program, is_sandboxed, folder, mark)._found()
            raise AssertionError("either way returns or raises")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _found(self) -> "Chromium":
        root = next(iter(self._living()), None)
        if root is not None:
            with contextlib.suppress(psutil.Error):
                self._driver = root.parent()
        return self

    def memory_mib(self) -> float:
        """Of all its processes, what is theirs alone and what they share among themselves."""
        return sum(map(_memory_bytes, self._living())) / 2**20

    def pids(self) -> tuple[int, ...]:
        """Of all its processes, the browser's own first."""
        return tuple(process.pid for process in self._living())

    def _living(self) -> list[psutil.Process]:
        """Its processes, those included that it has lost: they are ours to end too."""
        with self._looking:
            root = next(iter(self._processes.values()), None) or _marked(self.mark)
            if root is not None:
                self._processes.setdefault(root.pid, root)
                with contextlib.suppress(psutil.Error):
                    for child in root.children(recursive=True):
                        self._processes.setdefault(child.pid, child)
            gone = [pid for pid, process in self._processes.items() if not _is_alive(process)]
            for pid in gone:
                if root is None or pid != root.pid:
                    del self._processes[pid]
            return [process for process in self._processes.values() if _is_alive(process)]

    async def look_at_sandbox(self) -> None:
        """Correct what was asked for by what is seen of its pages, one of which has to be open."""
        if self.is_sandboxed:
            self.is_sandboxed = await stays_confined(self.pids)

    @property
    def why_unsandboxed(self) -> str:
        """Why its pages have no sandbox, and what to do; empty if they have."""
        if self.is_sandboxed:
            return ""
        return WHY_NAMESPACES if may_sandbox() else WHY_ROOT

    def kill(self) -> None:
        """End all its processes at once."""
        for process in self._living():
            with contextlib.suppress(psutil.Error):
                process.kill()

    def kill_driver(self) -> None:
        """End what started it, where that does not end by itself."""
        with contextlib.suppress(psutil.Error):
            if self._driver is not None and self._driver.ppid() == os.getpid():
                self._driver.kill()

    async def close(self, *, by_force: bool = False, timeout_s: float = 5.0) -> None:
        """End it in good order, or by force, after *timeout_s* or at once; remove its files."""
        if by_force:
            await asyncio.to_thread(self.kill)
        self._living()
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.browser.close()
        await asyncio.to_thread(self._remove)

    def _remove(self) -> None:
        self.kill()
        psutil.wait_procs(self._living(), timeout=5)
        shutil.rmtree(self.folder, ignore_errors=True)


def _sweep() -> None:
    """Remove the folders of those that were ended without a chance to do so themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        pid = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


async def _launched(
    playwright: Playwright,
    program: Program,
    is_sandboxed: bool,
    folder: Path,
    proxy: str,
    mark: str,
) -> PlaywrightBrowser:
    return await playwright.chromium.launch(
        executable_path=program.path,
        headless=True,
        args=[*FLAGS, mark],
        ignore_default_args=list(_NOT_PLAYWRIGHTS),
        chromium_sandbox=is_sandboxed,
        proxy={"server": proxy, "bypass": "<-loopback>"},
        downloads_path=folder,
        timeout=LAUNCH_TIMEOUT_S * 1000,
        # We end it ourselves, with everything that goes with it.
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
        # Nothing of the operator's: no display, no session bus, no flags, no keys, no home.
        env={
            "PATH": os.defpath,
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_CACHE_HOME": str(folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        },
    )


def _marked(mark: str) -> psutil.Process | None:
    """The process below ours that was started with *mark*."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if mark in process.cmdline():
                return process
    return None


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


_COUNTED = ("RssAnon:", "RssShmem:")


def _memory_bytes(process: psutil.Process) -> int:
    """What it holds in memory, without what is a file's (the program, mapped by each of them)."""
    with contextlib.suppress(OSError, ValueError):
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace")
        return sum(_kib(line) * 1024 for line in status.splitlines() if line.startswith(_COUNTED))
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _kib(line: str) -> int:
    return int(line.split()[1])


def remote_kind(url: str) -> str:
    """How *url* is connected to: ``cdp`` for DevTools, ``server`` for a Playwright server.

    Raises ConfigError.
    """
    scheme, separator, rest = url.partition("://")
    if separator and rest and scheme in ("http", "https"):
        return "cdp"
    if separator and rest and scheme in ("ws", "wss"):
        return "cdp" if "/devtools/" in rest else "server"
    raise ConfigError(
        f"browser_url: {url!r} is neither http://host:port (DevTools) nor ws://… (DevTools, or a "
        "Playwright server)"
    )


async def connect(playwright: Playwright, url: str) -> PlaywrightBrowser:
    """The remote browser at *url*. Raises ConfigError, BrowserMissingError."""
    kind = remote_kind(url)
    timeout_ms = LAUNCH_TIMEOUT_S * 1000
    try:
        if kind == "cdp":
            return await playwright.chromium.connect_over_cdp(url, timeout=timeout_ms)
        return await playwright.chromium.connect(url, timeout=timeout_ms)
    except PlaywrightError as e:
        raise BrowserMissingError(
            f"no browser answers at browser_url {url!r}: {first_line(str(e))}"
        ) from None


def first_line(text: str) -> str:
    """The first line of an error of Playwright's, short enough for one of ours."""
    return next(iter(_lines(text)), "no reason given")[:200]


def _lines(text: str) -> Iterable[str]:
    return (line.strip() for line in text.splitlines() if line.strip())
