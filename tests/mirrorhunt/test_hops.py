"""Where a page sends its visitor by itself."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.hops import find_hop, script_targets
from mirrorhunt.page import Page

URL = "https://goal1.example/live?m=1"
TO = "https://goal2.example/"
B64 = base64.b64encode(TO.encode()).decode()
CODE = f"location='{TO}'"
CODES = ",".join(str(ord(c)) for c in TO)
ESCAPED = "".join(f"\\x{ord(c):02x}" for c in TO)
THICK = "<p>" + "A match report with much to read. " * 60


def page(html: str, headers: dict[str, str] | None = None) -> Page:
    kind = {"content-type": "text/html; charset=utf-8"}
    return Page.of(URL, html.encode(), headers={**kind, **(headers or {})})


def script(source: str) -> Page:
    return page(f"<script>{source}</script>")


REFRESHES_OF_NO_USE = {
    "too late": f"16;url={TO}",
    "in a number without end": f"{'9' * 400};url={TO}",
    "no time": f"url={TO}",
    "itself": f"5;url={URL}",
    "itself without address": "5",
    "a script": "0;url=javascript:location='https://goal2.example/'",
    "data": "0;url=data:text/html,x",
    "nothing": "",
    "no host": "0;url=https://",
}


@pytest.mark.parametrize("content", REFRESHES_OF_NO_USE.values(), ids=REFRESHES_OF_NO_USE)
def test_a_refresh_of_no_use_is_no_hop(content):
    assert find_hop(page(f'<meta http-equiv="refresh" content="{content}">')) is None


REFRESHES = {
    "plain": f"0;url={TO}",
    "upper case and spaces": f" 3 ; URL = {TO} ",
    "quoted": f"0; url='{TO}'",
    "quote left open": f"0;url='{TO}",
    "comma": f"0,url={TO}",
    "no url=": f"0;{TO}",
    "only a space": f"0 {TO}",
    "fraction": f"0.5;url={TO}",
    "no whole part": f".5;url={TO}",
    "last second": f"15;url={TO}",
    "no scheme": "0;url=//goal2.example/",
    "backslashes": "0;url=https:\\\\goal2.example/",
    "line end in it": "0;url=https://goal2\n.example/",
}


@pytest.mark.parametrize("content", REFRESHES.values(), ids=REFRESHES)
def test_a_refresh_is_followed_as_browsers_do(content):
    hop = find_hop(page(f'{THICK}<meta http-equiv="Refresh" content="{content}">'))
    assert hop is not None
    assert (hop.url, hop.status, hop.to_url, hop.how) == (URL, 200, TO, "meta_refresh")


def test_a_refresh_header_is_followed():
    hop = find_hop(page(THICK, {"Refresh": f"0; url={TO}"}))
    assert hop is not None
    assert hop.to_url == TO


def test_a_refresh_is_read_against_the_base():
    html = '<base href="//goal2.example/"><meta http-equiv="refresh" content="0;url=/">'
    hop = find_hop(page(html))
    assert hop is not None
    assert hop.to_url == TO


NO_HOPS = {
    "compared": f"if (location.href == '{TO}') go()",
    "read": f"var a = location.href + '{TO}'",
    "unknown": "location.href = next",
    "unknown end of the host": "location.href = 'https://goal' + n + '.example/'",
    "unknown end of the suffix": "location.href = 'https://goal2.example' + rest",
    "another variable's member": f"game.location = '{TO}'",
    # A popunder: the page itself stays.
    "popunder": f"window.open('{TO}')",
    "popunder by name": f"window.open('{TO}', '_blank')",
    "replace of a text": f"location.href.replace('{TO}', '')",
    "in a comment": f"/* location = '{TO}' */ // location = '{TO}'",
    "in a text": f"""var s = "location='{TO}'";""",
    "in a pattern": f"var s = /location='x'/; var t = '{TO}'",
    "itself": "location.href = location.href",
    "same page, another place": "location = '#top'",
    "out of a frame": "if (top != self) top.location.href = self.location.href",
    "a click": f"document.addEventListener('click', function () {{ location = '{TO}' }})",
    "onclick": f"document.onclick = function () {{ location.href = '{TO}' }}",
    "jQuery's click": f"$('a').click(() => {{ location.href = '{TO}' }})",
    "jQuery's on": f"$(document).on('click', '.ad', function () {{ location.href = '{TO}' }})",
    # Nothing we see calls it.
    "a function by itself": f"function go() {{ location = '{TO}' }}",
    "a function in a variable": f"var go = () => {{ location = '{TO}' }}",
    "a method": f"class A {{ go() {{ location = '{TO}' }} }}",
    "a member": f"var o = {{ success: function () {{ location = '{TO}' }} }}",
    "called on a click": (
        f"function go() {{ location = '{TO}' }} document.onclick = function () {{ go() }}"
    ),
    "a listener by itself": f"el.onclick = e => location = '{TO}'",
    "a listener of something found": (
        f"document.querySelector('a').addEventListener('click', () => location.href = '{TO}')"
    ),
    # As human tests do.
    "the history": "history.replaceState(null, null, location.pathname + '?__chl=1')",
    "to https, by a part we do not read": (
        "if (location.protocol != 'https:')"
        " location.href = 'https:' + location.href.substring(location.protocol.length)"
    ),
    "to https, where it is": "location.href = location.href.replace('http:', 'https:')",
    "another scheme": "location = 'mailto:a@goal2.example'",
    "a script's address": "location = 'javascript:void(0)'",
    "a broken bracket": "location = 'https://[goal2/'",
}


@pytest.mark.parametrize("source", NO_HOPS.values(), ids=NO_HOPS)
def test_a_script_that_does_not_send_on_by_itself_is_no_hop(source):
    assert find_hop(script(source)) is None


HOPS = {
    "plain": f"location = '{TO}'",
    "double quotes": f'window.location="{TO}";',
    "href": f"window.location.href='{TO}'",
    "top": f"top.location='{TO}'",
    "window.top": f"window.top.location.href = '{TO}'",
    "document": f"document.location.href = '{TO}'",
    "self": f"self.location = '{TO}'",
    "globalThis": f"globalThis.location = '{TO}'",
    "brackets": f"window['location']['href'] = '{TO}'",
    "brackets in pieces": f"window['loc' + 'ation']['hr' + 'ef'] = '{TO}'",
    "replace": f"location.replace('{TO}')",
    "assign": f"window.location.assign('{TO}')",
    "replace in brackets": f"location['replace']('{TO}')",
    "open here": f"window.open('{TO}', '_self')",
    "open on top": f"open('{TO}','_top')",
    "timer": f"setTimeout(function () {{ location.href = '{TO}' }}, 500)",
    "timer with an arrow": f"window.setTimeout(() => location.replace('{TO}'), 500)",
    "timer with a text": f"""setTimeout("location.href='{TO}'", 500)""",
    "timer with a name": f"function go() {{ location = '{TO}' }} setTimeout(go, 500)",
    "timer with a call in a text": f"function go() {{ location = '{TO}' }} setTimeout('go()', 5)",
    "eval": f"""eval("location='{TO}'")""",
    "at once": f"(function () {{ location = '{TO}' }})()",
    "at once, other brackets": f"(function () {{ location = '{TO}' }}())",
    "at once with a mark": f"!function () {{ location = '{TO}' }}()",
    "at once with an arrow": f"(() => {{ location = '{TO}' }})()",
    "a function that is called": f"function go() {{ location = '{TO}' }} go();",
    "on load": f"window.onload = function () {{ location = '{TO}' }}",
    "on load by name": f"window.onload = go; function go() {{ location = '{TO}' }}",
    "when ready": f"document.addEventListener('DOMContentLoaded', () => {{ location = '{TO}' }})",
    "on load, by a listener's name": (
        f"function go() {{ location = '{TO}' }} window.addEventListener('load', go)"
    ),
    "jQuery's load": f"$(window).on('load', function () {{ location = '{TO}' }})",
    "after an answer": f"fetch('/x').then(() => {{ location.href = '{TO}' }})",
    "in try": f"try {{ top.location = '{TO}' }} catch (e) {{ }}",
    "jQuery": f"$(function () {{ location = '{TO}' }})",
    "a variable": f"var u = '{TO}'; location = u",
    "a variable below": f"function go() {{ location = u }} var u = '{TO}'; go()",
    "a variable grown": "var u = 'https://'; u += 'goal2'; u += '.example/'; location = u",
    "a member's value": f"cfg.url = '{TO}'; location = cfg.url",
    "sum": "location = 'https://' + 'goal2' + ('.exam' + 'ple/')",
    "sum with numbers": "location = 'https://goal' + 2 + '.example/'",
    "template": f"location = `{TO}`",
    "template with a variable": "const n = 'goal2'; location = `https://${n}.example/`",
    "atob": f"location = atob('{B64}')",
    "atob in eval": f"eval(atob('{base64.b64encode(CODE.encode()).decode()}'))",
    "percent": "location = decodeURIComponent('https%3A%2F%2Fgoal2.example%2F')",
    "unescape": "location = unescape('%68ttps://goal2.%u0065xample/')",
    "codes": f"location = String.fromCharCode({CODES})",
    "backwards": f"location = '{TO[::-1]}'.split('').reverse().join('')",
    "backwards in steps": f"var a = '{TO[::-1]}'.split(''); location = a.reverse().join('')",
    "list": "location = ['https:', '', 'goal2.example', ''].join('/')",
    "element": f"var hosts = ['{TO}']; location = hosts[0]",
    "replaced": "location = 'https://goalX.example/'.replace('X', '2')",
    "escapes": f"location = '{ESCAPED}'",
    "escaped slashes": r"location = 'https:\/\/goal2.example\/'",
    "its own path": "location.pathname; location = 'https://goal2.example/'.concat('')",
    "either": f"location = m ? '{TO}' : 'https://goal3.example/'",
    "or": f"location = '' || '{TO}'",
    "condition": f"if (!/bot/i.test(navigator.userAgent)) {{ location = '{TO}' }}",
    "a function's value": f"function u() {{ return '{TO}' }} location = u()",
    "after a broken text": f"var a = 'it's'\n;location = '{TO}'",
    "after a division": f"var a = 4 / 2; location = '{TO}'; var b = 1 / 2",
    "in an HTML comment": f"<!--\nlocation = '{TO}'\n//-->",
    "no scheme": "location = '//goal2.example/'",
    "new URL": f"location = new URL('{TO}')",
}


@pytest.mark.parametrize("source", HOPS.values(), ids=HOPS)
def test_a_script_that_sends_on_by_itself_is_a_hop(source):
    hop = find_hop(script(source))
    assert hop is not None
    assert (hop.url, hop.to_url, hop.how) == (URL, TO, "script_redirect")


@pytest.mark.parametrize(
    ("source", "to"),
    [
        ("location='https://goal2.example'+location.pathname", "https://goal2.example/live"),
        (
            "location.href='https://goal2.example'+location.pathname+location.search",
            "https://goal2.example/live?m=1",
        ),
        ("location='https://it.'+location.hostname+'/'", "https://it.goal1.example/"),
        ("location = location.protocol + '//goal2.example/'", TO),
        # The end is not known, the host is.
        ("location='https://goal2.example/?r='+Math.random()", "https://goal2.example/?r="),
        ("location = '/home'", "https://goal1.example/home"),
    ],
)
def test_what_the_pages_own_address_tells_is_used(source, to):
    hop = find_hop(script(source))
    assert hop is not None
    assert hop.to_url == to


def test_onload_of_the_body_is_read():
    hop = find_hop(page(f'<body class=x onload="location.href=&quot;{TO}&quot;">wait</body>'))
    assert hop is not None
    assert hop.to_url == TO


def test_a_thick_page_has_targets_but_no_hop():
    thick = page(f"{THICK}<script>location = '{TO}'</script>")
    assert find_hop(thick) is None
    assert list(script_targets(thick)) == [TO]


def test_targets_leave_out_clicks_but_not_functions_that_others_may_call():
    source = (
        f"function go() {{ location = '{TO}' }}"
        "document.onclick = function () { location = 'https://ad.example/' }"
    )
    assert list(script_targets(script(source))) == [TO]


def test_targets_are_bounded():
    many = ";".join(f"location='https://g{n}.example/'" for n in range(5_000))
    assert len(list(script_targets(script(many)))) == 50


def test_what_is_no_html_has_no_hop():
    plain = Page.of(URL, f"location='{TO}'".encode(), headers={"content-type": "image/png"})
    assert find_hop(plain) is None
    assert not list(script_targets(plain))


HOSTILE = {
    "open brackets": "location=" + "(" * 150_000,
    "open calls": "location=atob(" * 15_000,
    "arrows": "location;" + "a=>" * 60_000,
    "functions in functions": "location;" + "function f(){" * 15_000,
    "functions called": "location;" + "function f(){f()};" * 11_000,
    "lists of letters": f"var s='{'a' * 4000}';" + "location=s.split('').join('x');" * 6_000,
    "evals": f"var s='{'eval(s);' * 400}';" + "eval(s);" * 20_000,
    "doubled": "var s='aaaaaaaaaa';" + "s=s+s;location=s;" * 10_000,
    "slashes": "location=" + "/" * 190_000,
    "open text": "location='" + "\\" * 190_001,
    "open comment": "location/*" + "*" * 190_000,
    "templates": "location=" + "`${`" * 40_000,
    "long templates": "var a=location;"
    + "x=`"
    + "${a}" * 900
    + "`;"
    + "location=x+`${x}`;" * 9_000,
    "assignments": "location=" * 20_000,
    "conditions": "location=" + "a?b:" * 45_000,
    "members": "location" + "[a" * 90_000,
    "recursion": "function f(){return f()} location=f();" * 5_000,
    "timers": "function f(){setTimeout(f,1)};" * 6_000 + "location",
    "listeners": "location;" + "on(a,b" * 30_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_script_is_read_up_to_a_bound(source):
    # No figure is asserted: without the bounds each of these takes minutes or the stack.
    list(script_targets(script(source)))


@given(st.text(alphabet="location.href='\"`${}()[]+,;=>?:/\\ atobfunctin&|1\n", max_size=300))
def test_whatever_a_script_holds_nothing_is_raised(source):
    list(script_targets(script("location;" + source)))
    find_hop(script("location=" + source))


@given(st.text(max_size=200))
def test_whatever_a_refresh_holds_nothing_is_raised(content):
    find_hop(Page.of(URL, b"<p>", headers={"content-type": "text/html", "refresh": content}))
