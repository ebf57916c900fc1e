"""Reading a page in the browser from a world of scripts that the page does not reach.

A page can replace any function of its own world, `outerHTML` too; in an isolated world it shares
nothing but the document. Every question is cut in the browser before it comes over, and ended by
the browser after a time, so that neither size nor an endless script reaches us.
"""

import base64
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession

from mirrorhunt.net._page_rules import Glance, controls
from mirrorhunt.page import MAX_BODY_BYTES

ANSWER_TIMEOUT_MS = 4000
"""Of one question; the page's own scripts count."""
MAX_PICTURE_HEIGHT = 8000
"""In pixels: 25 screens. WebP itself ends at 16,383."""
PICTURE_QUALITY = 60
MAX_PICTURE_BYTES = 6 * 1024 * 1024
_WORLD = "reading"

# Serialized by the browser where it is small enough; else by hand, depth first, until there is
# enough. Nodes are looked at up to a bound in both cases.
_DOM = """(() => {
  const most = %d, nodes = 400000;
  let size = 0, seen = 0;
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
  while (size <= most && seen < nodes) {
    const node = walker.nextNode();
    if (!node) break;
    seen++;
    if (node.nodeType === 1) {
      size += 2 * node.localName.length + 5;
      for (const a of node.attributes) size += a.name.length + a.value.length + 4;
    } else if (node.data) size += node.data.length;
  }
  const doctype = document.doctype ? '<!DOCTYPE ' + document.doctype.name.slice(0, 99) + '>' : '';
  const root = document.documentElement;
  if (!root) return [doctype, false];
  if (size <= most && seen < nodes) {
    const text = doctype + root.outerHTML;
    return [text.slice(0, most), text.length > most];
  }
  const parts = [doctype], ends = [];
  let length = doctype.length, node = root;
  const put = (text) => {
    parts.push(text.slice(0, most - length));
    length += text.length;
  };
  seen = 0;
  while (node && length < most && seen++ < nodes) {
    if (node.nodeType === 1) {
      const shallow = node.cloneNode(false).outerHTML, end = '</' + node.localName + '>';
      const isOpen = shallow.endsWith(end);
      put(isOpen ? shallow.slice(0, -end.length) : shallow);
      if (node.firstChild) { ends.push(isOpen ? end : ''); node = node.firstChild; continue; }
      if (isOpen) put(end);
    } else if (node.nodeType === 3) {
      const raw = /^(script|style|noscript|iframe)$/.test(node.parentNode.localName);
      const text = node.data.slice(0, most - length);
      put(raw ? text : text.replace(/&/g, '&amp;').replace(/</g, '&lt;'));
    } else if (node.nodeType === 8) put('<!--' + node.data.slice(0, most - length) + '-->');
    while (node && !node.nextSibling) {
      node = node.parentNode;
      if (!node || node === document) { node = null; break; }
      put(ends.pop() || '');
    }
    if (node) node = node.nextSibling;
  }
  return [parts.join(''), true];
})()"""

_GLANCE = """(() => {
  // Not innerText, for which the browser would lay out all of it.
  const seen = document.createTreeWalker(document.body || document, NodeFilter.SHOW_TEXT);
  let chars = 0;
  for (let i = 0; i < 50000 && chars < 200000 && seen.nextNode(); i++)
    if (!/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE)$/.test(seen.currentNode.parentNode.nodeName))
      chars += seen.currentNode.data.trim().length;
  if (chars >= 200000) return [chars, [], 400, '', false, false];
  const wanted = 'a[href],button,input[type=button],input[type=submit],[role=button],[onclick]';
  const found = [];
  let count = 0;
  for (const e of [...document.querySelectorAll(wanted)].slice(0, 400)) {
    const box = e.getBoundingClientRect();
    if (box.width < 4 || box.height < 4) continue;
    count++;
    const label = (e.innerText || e.value || e.getAttribute('aria-label') || '').slice(0, 100);
    if (found.length < 40 && label.trim() && box.top >= 0 && box.left >= 0 &&
        box.top < innerHeight && box.left < innerWidth)
      found.push([label, box.left + box.width / 2,
                  Math.min(box.top + box.height / 2, innerHeight - 1)]);
  }
  const refresh = [...document.querySelectorAll('meta[http-equiv]')]
    .find((e) => e.httpEquiv.toLowerCase() === 'refresh');
  let timer = false;
  for (const e of [...document.scripts].slice(0, 200)) {
    const source = e.src ? '' : e.text.slice(0, 100000);
    if (/setTimeout|setInterval|requestAnimationFrame/.test(source) && /location/.test(source))
      timer = true;
  }
  const player = [...document.querySelectorAll('video,iframe,embed,object')].slice(0, 50)
    .some((e) => e.getBoundingClientRect().width >= 200);
  return [chars, found, count, refresh ? refresh.content.slice(0, 300) : '',
          timer, player];
})()"""


class NoAnswerError(Exception):
    """The page cannot be asked: it is gone, busy, or answered nonsense."""


@dataclass(slots=True)
class PageWorld:
    """Asks the document in the top frame of a page."""

    session: CDPSession

    async def _ask(self, expression: str) -> Any:
        tree = await self.session.send("Page.getFrameTree")
        world = await self.session.send(
            "Page.createIsolatedWorld",
            {"frameId": tree["frameTree"]["frame"]["id"], "worldName": _WORLD},
        )
        answer = await self.session.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": world["executionContextId"],
                "returnByValue": True,
                "timeout": ANSWER_TIMEOUT_MS,
                "silent": True,
            },
        )
        if "exceptionDetails" in answer:
            raise NoAnswerError("an exception")
        return answer["result"].get("value")

    async def still(self) -> None:
        """End the script that runs and let none start, so that the page can be read.

        Ending comes first: it alone reaches a page that is busy. Raises Playwright's errors.
        """
        await self.session.send("Runtime.terminateExecution")
        await self.session.send("Emulation.setScriptExecutionDisabled", {"value": True})

    async def glance(self) -> Glance:
        """A few facts about it. Raises NoAnswerError and Playwright's errors."""
        value = await self._ask(_GLANCE)
        if not isinstance(value, list) or len(value) != 6:
            raise NoAnswerError("no list")
        chars, found, count, refresh, has_timer, has_player = value
        return Glance(
            int(chars),
            controls(found if isinstance(found, list) else ()),
            int(count),
            str(refresh),
            bool(has_timer),
            bool(has_player),
        )

    async def dom(self) -> tuple[bytes, bool]:
        """The document serialized, UTF-8, and True if there was more than `MAX_BODY_BYTES`.

        Raises NoAnswerError and Playwright's errors.
        """
        value = await self._ask(_DOM % MAX_BODY_BYTES)
        if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
            raise NoAnswerError("no list")
        # A script may leave half a surrogate pair, which UTF-8 has no bytes for.
        body = value[0].encode("utf-8", errors="replace")
        if len(body) <= MAX_BODY_BYTES:
            return body, bool(value[1])
        return body[:MAX_BODY_BYTES].decode("utf-8", errors="ignore").encode(), True

    async def picture(self, width: int, least_height: int) -> bytes:
        """A WebP of the whole page, *width* pixels wide, at most `MAX_PICTURE_HEIGHT` high.

        Empty if it is larger than `MAX_PICTURE_BYTES`. Raises Playwright's errors.
        """
        metrics = await self.session.send("Page.getLayoutMetrics")
        height = int(metrics["cssContentSize"]["height"])
        shot = await self.session.send(
            "Page.captureScreenshot",
            {
                "format": "webp",
                "quality": PICTURE_QUALITY,
                "captureBeyondViewport": True,
                "clip": {
                    "x": 0,
                    "y": 0,
                    "width": width,
                    "height": max(least_height, min(height, MAX_PICTURE_HEIGHT)),
                    "scale": 1,
                },
            },
        )
        picture = base64.b64decode(shot["data"])
        return picture if len(picture) <= MAX_PICTURE_BYTES else b""
