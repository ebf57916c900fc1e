"""Who runs mail and zones for millions: naming one of them says nothing about the operator."""

from mirrorhunt.names import public_registrable_domain, registrable_domain

# By registrable domain; from general knowledge, 2026-11.
_PROVIDERS_WORDS = """
    amazon.com amazonaws.com awsdns-hostmaster.com azure.com azure-dns.com bluehost.com
    cloudflare.com cloudns.net cpanel.net digitalocean.com dnsimple.com dnsmadeeasy.com dnspod.com
    domaincontrol.com dreamhost.com easydns.com fastmail.com forwardemail.net gandi.net
    godaddy.com google.com googledomains.com googlemail.com hetzner.com hetzner.de hostgator.com
    hostinger.com icloud.com improvmx.com ionos.com jomax.net kasserver.com linode.com
    mailchannels.net mailgun.org messagingengine.com microsoft.com mimecast.com name-services.com
    name.com namecheap.com namebrightdns.com namesilo.com netim.net njal.la ns1.com one.com
    outlook.com ovh.net pair.com plesk.com porkbun.com pphosted.com privateemail.com
    proofpoint.com protonmail.ch rackspace.com register.com registrar-servers.com sedoparking.com
    secureserver.net sendgrid.net siteground.com squarespace.com strato.de topdns.com tucows.com
    ui-dns.com vercel-dns.com vultr.com wixdns.net worldnic.com yahoodns.net yandex.net yandex.ru
    zoho.com zoho.eu zohomail.com cloudflare.net
"""
_PROVIDERS = frozenset(_PROVIDERS_WORDS.split())


def is_provider(name: str) -> bool:
    """True if *name* stands below a provider's registrable domain."""
    return registrable_domain(name) in _PROVIDERS or public_registrable_domain(name) in _PROVIDERS
