"""The positive control: a browser that does not go through our proxy draws nothing."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import async_playwright

from mirrorhunt.errors import ConfigError
from mirrorhunt.net import browser as browser_module
from mirrorhunt.net._proof import PROOF_TIMEOUT_S, Proof, proved
from mirrorhunt.net.browser import Browser, BrowserFailedError
from mirrorhunt.net.chromium import may_sandbox
from mirrorhunt.net.forward_proxy import ForwardProxy
from tests.devtools import started
from tests.mirrorhunt.net.test_browser import staged
from tests.nameserver import Nameserver
from tests.site import TEXT, ZONES, Site

# What a wrapper does that "mends" the network for a browser that is not meant to have any.
PAST = {
    "no proxy at all": ("--no-proxy-server",),
    "loopback passes it by": ("--proxy-bypass-list=<local>;127.0.0.1",),
    "the proxy of somebody else": ("--proxy-server=http://127.0.0.1:9",),
}


def wrapper(folder: Path, chromium: str, *more: str) -> str:
    """A program that starts *chromium* without our proxy switches, with *more*."""
    path = folder / "wrapped"
    switches = " ".join(f"'{switch}'" for switch in more)
    path.write_text(
        '#!/bin/sh\nfor a in "$@"; do shift; case $a in --proxy-*) ;; *) set -- "$@" "$a";;'
        f' esac; done\nexec {chromium} "$@" {switches}\n'
    )
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("switches", PAST.values(), ids=PAST)
def test_a_wrapper_that_changes_the_proxy_changes_nothing(
    chromium: str, tmp_path: Path, switches: tuple[str, ...]
) -> None:
    """Each page is given its proxy with its context, which no switch of the browser undoes."""
    with staged(browser_path=wrapper(tmp_path, chromium, *switches)) as stage:
        stage.show(TEXT + "<script>fetch('http://127.0.0.1/')</script>")
        assert stage.draw().addresses == (("films.example", "192.0.2.1"),)


@contextlib.asynccontextmanager
async def relay(chromium: str) -> AsyncIterator[str]:
    """The address of what stands between us and the DevTools of a browser of its own, and takes
    out what pages are to go by: as a service would that has proxies of its own."""
    with started(chromium) as devtools:

        async def carry(request: web.BaseRequest) -> web.WebSocketResponse:
            near = web.WebSocketResponse(max_msg_size=0)
            await near.prepare(request)
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(devtools, max_msg_size=0) as far,
            ):
                back = asyncio.create_task(answer(far, near))
                async for message in near:
                    asked = json.loads(message.data)
                    if asked["method"] == "Target.createBrowserContext":
                        del asked["params"]["proxyServer"]
                    await far.send_str(json.dumps(asked))
                back.cancel()
            return near

        serving = web.ServerRunner(web.Server(carry), handle_signals=False, shutdown_timeout=0.1)
        await serving.setup()
        try:
            await web.TCPSite(serving, "127.0.0.1", 0).start()
            yield f"ws://127.0.0.1:{serving.addresses[0][1]}/devtools/browser/relay"
        finally:
            await serving.cleanup()


async def answer(far: aiohttp.ClientWebSocketResponse, near: web.WebSocketResponse) -> None:
    async for message in far:
        await near.send_str(message.data)


def test_a_browser_that_goes_past_our_proxy_is_refused_in_one_line(chromium: str) -> None:
    async def refused() -> str:
        with Nameserver(ZONES) as nameserver:
            site = await Site().start()
            resolver = site.resolver(nameserver)
            try:
                async with relay(chromium) as url:
                    with pytest.raises(ConfigError) as caught:
                        await Browser.start(site.config(browser_url=url), resolver)
            finally:
                await resolver.close()
                await site.close()
            assert url in str(caught.value)
            return str(caught.value)

    said = asyncio.run(refused())
    assert "goes past our proxy" in said
    assert "start it without --no-proxy-server" in said
    assert "\n" not in said


def test_what_does_not_reach_our_proxy_is_told_from_what_goes_past_and_from_what_is_late(
    chromium: str,
) -> None:
    async def looked() -> list[Proof]:
        with Nameserver(ZONES) as nameserver:
            site = await Site().start()
            resolver = site.resolver(nameserver)
            proxy = await ForwardProxy(resolver).start()
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=chromium, chromium_sandbox=may_sandbox()
                )
                found = [await proved(proxy, browser, nothing, PROOF_TIMEOUT_S)]
                found.append(await proved(proxy, browser, nothing, 0.0))
                # As for one in another network namespace: nobody listens where it is sent.
                await proxy.close()
                found.append(await proved(proxy, browser, nothing, PROOF_TIMEOUT_S))
                await browser.close()
            await resolver.close()
            await site.close()
            return found

    assert asyncio.run(looked()) == [Proof.BEHIND, Proof.LATE, Proof.APART]


def test_a_proof_that_comes_too_late_is_a_failure_of_ours_and_tried_again(
    chromium: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    class Patience(float):
        """No time at all; counts how often that was had."""

        def __format__(self, spec: str) -> str:
            tries.append(self)
            return super().__format__(spec)

    monkeypatch.setattr(browser_module, "PROOF_TIMEOUT_S", Patience(0.0))
    with pytest.raises(BrowserFailedError, match="did not show within"), staged():
        pass
    assert len(tries) == 2


async def nothing() -> None:
    """Look at nothing."""
