"""Hosts that everybody loads from: sharing one says nothing about who runs a site.

A short list of the services that pages of every kind embed, by registrable domain. What is missing
here is learned by rarity (`mirrorhunt.facts.Rarity`); what is here costs no query.
"""

from functools import lru_cache

from mirrorhunt.names import host_of_url, public_registrable_domain, registrable_domain

# From general knowledge, 2026-11; rarity finds the rest.
_SHARED_WORDS = """
    2mdn.net a-ads.com addthis.com addtoany.com adnxs.com adobedtm.com ajax.aspnetcdn.com
    akamai.net akamaihd.net akamaized.net algolia.net algolianet.com amazon-adsystem.com
    amazonaws.com aspnetcdn.com baidu.com bing.com bit.ly bootcdn.net bootstrapcdn.com
    brightcove.com brightcove.net bunny.net casalemedia.com cdnjs.com chartbeat.com clarity.ms
    cloudflare.com cloudflareinsights.com cloudinary.com consensu.org cookiebot.com cookielaw.org
    criteo.com criteo.net crwdcntrl.net dailymotion.com demdex.net discord.com discord.gg
    discordapp.com disqus.com disquscdn.com dmcdn.net doubleclick.net doubleverify.com
    edgecastcdn.net ethicalads.io facebook.com facebook.net fastly.net fbcdn.net fbsbx.com
    flagcdn.com fontawesome.com fonts.net ggpht.com giphy.com github.com githubassets.com
    githubusercontent.com gmail.com google-analytics.com google.com google.it google.es google.fr
    google.de google.pt google.co.uk googleapis.com googleoptimize.com googlesyndication.com
    googletagmanager.com googletagservices.com googleusercontent.com gravatar.com gstatic.com
    hcaptcha.com histats.com hotjar.com hotjar.io hubspot.com ibb.co imasdk.googleapis.com
    imdb.com imgbb.com imgur.com indexww.com instagram.com intercom.io intercomcdn.com jquery.com
    jsdelivr.net jwpcdn.com jwplatform.com jwplayer.com klaviyo.com licdn.com linkedin.com
    live.com mailchimp.com matomo.cloud media-amazon.com mediafire.com medium.com microsoft.com
    moatads.com msecnd.net mux.com mxpnl.com newrelic.com nr-data.net onesignal.com onetrust.com
    openstreetmap.org optimizely.com outbrain.com paypal.com paypalobjects.com pinimg.com
    pinterest.com plausible.io polyfill.io postimg.cc privacy-mgmt.com pubmatic.com quantserve.com
    quantcount.com quora.com recaptcha.net reddit.com redditstatic.com rubiconproject.com
    scorecardresearch.com segment.com segment.io sentry-cdn.com sentry.io shareaholic.com
    sharethis.com shopify.com shopifycdn.com sitescout.com skypack.dev snapchat.com sndcdn.com
    soundcloud.com spotify.com squarespace.com stackpathcdn.com statcounter.com staticflickr.com
    streamable.com stripe.com taboola.com telegram.org telegram.me t.me t.co themoviedb.org
    thumbs.gfycat.com tiktok.com tiktokcdn.com tmdb.org tradedoubler.com trustpilot.com ttvnw.net
    tumblr.com twimg.com twitch.tv twitter.com typekit.net unpkg.com usercentrics.eu vidyard.com
    vimeo.com vimeocdn.com vk.com vk.ru w.org weather.com whatsapp.com whatsapp.net whos.amung.us
    amung.us wikimedia.org wikipedia.org wistia.com wistia.net wixstatic.com wordpress.com
    wordpress.org wp.com x.com yahoo.com yandex.com yandex.net yandex.ru yastatic.net yimg.com
    youtube-nocookie.com youtube.com ytimg.com zdassets.com zendesk.com zoho.com
"""
_SHARED = frozenset(_SHARED_WORDS.split())


@lru_cache(maxsize=16384)
def is_shared(host: str) -> bool:
    """True if *host* belongs to a service that pages of every kind load from."""
    return registrable_domain(host) in _SHARED or public_registrable_domain(host) in _SHARED


def domain_of_url(url: str) -> str | None:
    """The registrable domain that *url* names, or None."""
    host = host_of_url(url)
    return registrable_domain(host) if host else None
