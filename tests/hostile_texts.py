"""Texts that want to be more than text.

Imported as ``from tests import hostile_texts``.
"""

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "{{ 7 * 7 }}{% for a in b %}{{ config }}",
    "<a href=https://evil.example/>click</a>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/><form action=/><button>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "\x00<scr\x00ipt>alert(1)</script>\x1b[31m",
    "\u202egnp.exe\u2066",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<plaintext>",
    "https://evil.example/?q=<script>",
)
ALL = " ".join(HOSTILE)
