"""May a crawler go to this address through the gateway? Pure.

A gateway stands where it can reach what its crawlers must not: the machines beside it, the cloud's metadata service,
its own console. Names are resolved first; what is judged here is the address that the connection will really use.
"""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from facegate_addons.domain.reasons import Reason

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Reached by nobody through the gateway, whatever the configuration says: metadata services hand out credentials.
NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16",  # link-local, the metadata address of most clouds among them
        "fe80::/10",
        "fd00:ec2::/32",  # AWS's metadata service over IPv6
        "100.100.100.200/32",  # Alibaba Cloud's
        "0.0.0.0/8",  # "this host": Linux connects to loopback
        "::/128",
        "224.0.0.0/4",
        "ff00::/8",
        "255.255.255.255/32",
    )
)
_COMPATIBLE = ipaddress.ip_network("::/96")  # deprecated (RFC 4291, 2.5.5.1), and yet written
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Egress:
    """Where crawlers may go. `own_ports` are those of the gateway itself: its proxy, its console; `services` what it
    goes to for itself, address and port; `("", port)` where the address is not known, and nobody reaches that port."""

    private: bool
    ports: Sequence[range]
    own_ports: frozenset[int] = frozenset()
    services: frozenset[tuple[str, int]] = frozenset()

    def port_refused(self, port: int) -> bool:
        return ("", port) in self.services or not any(port in allowed for allowed in self.ports)

    def judge(self, address: str, port: int, is_local: Callable[[str], bool]) -> Reason | None:
        """`address` is an IP literal; `is_local` tells whether it is one of this machine's. None when it may pass."""
        try:
            ip = unwrapped(ipaddress.ip_address(address.partition("%")[0]))
        except ValueError:
            return Reason.ADDRESS_REFUSED
        if self.port_refused(port):
            return Reason.PORT_REFUSED
        if any(ip in net for net in NEVER if net.version == ip.version):
            return Reason.ADDRESS_REFUSED
        if port in self.own_ports and (ip.is_loopback or is_local(str(ip))):
            return Reason.ADDRESS_REFUSED
        if self._serves(ip, port, is_local):
            return Reason.ADDRESS_REFUSED
        if not self.private and (not ip.is_global or is_local(str(ip))):
            return Reason.ADDRESS_REFUSED
        return None

    def _serves(self, ip: Address, port: int, is_local: Callable[[str], bool]) -> bool:
        """One on this machine may be asked for by any address of the machine."""
        hosts = [ipaddress.ip_address(host) for host, at in self.services if at == port]
        if ip in hosts:
            return True
        here = any(host.is_loopback or is_local(str(host)) for host in hosts)
        return here and (ip.is_loopback or is_local(str(ip)))


@dataclass(frozen=True, slots=True)
class Only(Egress):
    """Nothing but this one address, at one port."""

    address: str = ""

    @classmethod
    def at(cls, address: str, port: int) -> "Only":
        return cls(private=True, ports=(range(port, port + 1),), address=address)

    def judge(self, address: str, port: int, is_local: Callable[[str], bool]) -> Reason | None:
        why = Egress.judge(self, address, port, is_local)
        return Reason.ADDRESS_REFUSED if why is None and address != self.address else why


def unwrapped(ip: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, compatible, 6to4, NAT64), else the address itself."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip.sixtofour is not None:
            return ip.sixtofour
        if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):  # :: and ::1 are addresses of their own
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
