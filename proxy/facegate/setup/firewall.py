"""The lines by which crawlers reach the internet through the gateway, or not at all: nftables, or pf on macOS."""

from facegate.setup.answers import HERE, Answers

_OWN = """\
    chain own {{
        type filter hook output priority filter; policy accept;
        ct state established,related accept
        meta skuid {gateway_user} accept
        meta skuid {crawler_user} oifname "lo" tcp dport {port} accept
        meta skuid {crawler_user} counter log prefix "facegate: past the gate: " reject with icmpx type admin-prohibited
    }}
"""
_FORWARD = """\
    chain forward {{
        type filter hook forward priority filter; policy accept;
        ct state established,related accept
        # no other port, no UDP (so no QUIC), no DNS that could carry what nobody looks at
        {family} saddr {host} accept
        {family} saddr {network} {family} daddr {host} tcp dport {port} accept
        {family} saddr {network} counter log prefix "facegate: past the gate: " reject with icmpx type admin-prohibited
    }}
"""
_NFT = """\
#!/usr/sbin/nft -f
# {what}
#   sudo nft -f {file}
# Whether it holds: facegate check --quick --bypass example.com:443{how}
table inet facegate
delete table inet facegate
table inet facegate {{
{chain}}}
"""
_PF = """\
# {what}
#   sudo pfctl -f /etc/pf.conf    after adding to it: anchor "facegate"   load anchor "facegate" from "{file}"
# Whether it holds: facegate check --quick --bypass example.com:443{how}
"""


def name(answers: Answers) -> str:
    return "facegate.pf" if answers.system == "darwin" else "facegate.nft"


def text(answers: Answers, file: str) -> str:
    """`file` is where it is written to."""
    facts = {
        "gateway_user": answers.gateway_user,
        "crawler_user": answers.crawler_user,
        "host": answers.host,
        "port": answers.port,
        "network": answers.network,
        "family": "ip6" if ":" in answers.host else "ip",
    }
    if answers.where == HERE:
        what = f"On this machine: the user {answers.crawler_user} reaches the gateway's port, and nothing else."
        how = f", as the user {answers.crawler_user}"
    else:
        what = f"On the router of {answers.network}: its machines reach the gateway's port, and nothing else outside."
        how = ", on a crawler's machine"
    if answers.system != "darwin":
        chain = (_OWN if answers.where == HERE else _FORWARD).format(**facts)
        return _NFT.format(what=what, how=how, file=file, chain=chain)
    if answers.where == HERE:
        rules = (
            "block return out proto {{ tcp udp }} user {crawler_user}\n"
            "pass out proto tcp to 127.0.0.1 port {port} user {crawler_user}\n"
        )
    else:
        rules = (
            "block return from {network} to any\n"
            "pass from {host} to any\n"
            "pass proto tcp from {network} to {host} port {port}\n"
        )
    return _PF.format(what=what, how=how, file=file) + rules.format(**facts)
