"""Networks as they are written, and jobs by the network that a client comes from: the longest prefix wins."""

import ipaddress
from collections.abc import Mapping

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network
type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Networks:
    def __init__(self, jobs: Mapping[str, str] | None = None) -> None:
        """From `{"10.0.0.0/24": "job"}`. Raises ValueError that says what to write."""
        found: dict[Network, str] = {}
        for text, job in (jobs or {}).items():
            network = network_of(text)
            if network in found:
                raise ValueError(f"{text} is there twice, in two spellings; keep one")
            found[network] = job
        lengths = sorted({(network.version, network.prefixlen) for network in found}, reverse=True)
        self._by_length = [
            (*length, {n.network_address: job for n, job in found.items() if (n.version, n.prefixlen) == length})
            for length in lengths
        ]

    def job_of(self, address: str) -> str | None:
        try:
            known = plain(address)
        except ValueError:
            return None
        for version, length, jobs in self._by_length:
            if version == known.version:
                network = ipaddress.ip_network((known, length), strict=False)
                if (job := jobs.get(network.network_address)) is not None:
                    return job
        return None


def plain(address: str) -> Address:
    """Without a zone, and IPv4 as such where it comes mapped into IPv6. Raises ValueError."""
    known = ipaddress.ip_address(address.partition("%")[0])
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    return mapped or known


def network_of(text: str) -> Network:
    """Raises ValueError that says what to write."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        try:
            suggestion = f"write {ipaddress.ip_network(text, strict=False)}"
        except ValueError:
            suggestion = 'write one like "10.0.0.0/24"'
        raise ValueError(f"{text!r} is no network; {suggestion}") from None
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return ipaddress.ip_network((mapped, network.prefixlen - 96))
    return network
