"""Scrapy's settings. No logic here: what an operator sets is in ``mirrorhunt.config`` and gets in
through the add-on."""

from mirrorhunt._layout import PIPELINES, SPIDERS

BOT_NAME = "mirrorhunt"
SPIDER_MODULES = [SPIDERS]
NEWSPIDER_MODULE = SPIDERS
ADDONS = {"mirrorhunt.crawling.addon.MirrorhuntAddon": 100}

# What happens to a visit, in this order.
ITEM_PIPELINES = {
    f"{PIPELINES}.tidy.TidyPipeline": 100,
    f"{PIPELINES}.scope.ScopePipeline": 200,
    f"{PIPELINES}.availability.AvailabilityPipeline": 300,
    f"{PIPELINES}.fingerprint.FingerprintPipeline": 400,
    f"{PIPELINES}.archive.ArchivePipeline": 500,
    f"{PIPELINES}.store.StorePipeline": 900,
}
EXTENSIONS = {
    "mirrorhunt.crawling.run_record.RunRecordExtension": 100,
    "mirrorhunt.crawling.closing.ClosingExtension": 200,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
}

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"

# One handler for both schemes: it resolves, guards and connects. Nothing else leaves the house.
DOWNLOAD_HANDLERS = {
    "http": "mirrorhunt.crawling.handler.GuardedDownloadHandler",
    "https": "mirrorhunt.crawling.handler.GuardedDownloadHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
# A server that runs Python code for whoever has its token; on by default in Scrapy 2.19.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
# The cookie middleware fetches the Public Suffix List by itself, past the guard.
COOKIES_ENABLED = False
# A proxy from the environment would resolve and connect in our place, past the guard.
HTTPPROXY_ENABLED = False
# Redirects are followed by `mirrorhunt.crawling.visiting`, which keeps the chain.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
REFERER_ENABLED = False
HTTPERROR_ALLOW_ALL = True
# A failed look is an observation; the next visit is the retry.
RETRY_ENABLED = False

DOWNLOAD_MAXSIZE = 2 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = False
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 2
# Scrapy starts this many tasks per response; its default of 100 cost 27 % of all CPU (2026-11).
CONCURRENT_ITEMS = 8
DOWNLOAD_SLOTS: dict[str, dict[str, float]] = {}

LOG_LEVEL = "WARNING"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}
