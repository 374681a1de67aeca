"""Which addresses may be dialled: what is public, on the ports of the web, and what a setting opens besides."""

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from digests.errors import HaberdarError

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network
_AddrInfo = tuple[
    int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int]
]

_WEB_PORTS = frozenset({80, 443})
# `is_global` alone lets some of these through in one Python version or another.
_CLOSED = tuple(
    ip_network(net)
    for net in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10"),
        *("fec0::/10", "ff00::/8"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")


class ClosedAddress(OSError):
    """The address is not one we dial; an `OSError` because that is what a dial may raise."""

    words = "its address is not on the public internet"

    def __init__(self) -> None:
        super().__init__(errno.EACCES, self.words)


@dataclass(frozen=True, slots=True)
class Guard:
    """The check at the dial: it sees the address that is really dialled, after every redirect and name lookup."""

    opened: tuple[tuple[_Network, int | None], ...] = ()

    def check(self, host: str, port: int) -> None:
        """Raise `ClosedAddress` unless `host`, an address in figures, is public and `port` one of the web's."""
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            raise ClosedAddress from None
        if any(self._opens(net, only, address, port) for net, only in self.opened):
            return
        if port not in _WEB_PORTS or any(_is_closed(each) for each in (address, *_inside(address))):
            raise ClosedAddress

    def make_socket(self, info: _AddrInfo) -> socket.socket:
        """Return a socket for an address that may be dialled; this is aiohttp's `socket_factory`."""
        family, kind, protocol, _, target = info
        self.check(target[0], target[1])
        return socket.socket(family, kind, protocol)

    @staticmethod
    def _opens(net: _Network, only: int | None, address: _Address, port: int) -> bool:
        fits = port in _WEB_PORTS if only is None else port == only
        return fits and address.version == net.version and address in net


def parse_networks(setting: str) -> tuple[tuple[_Network, int | None], ...]:
    """Return the networks and ports that `allow_networks` opens: "127.64.0.0/16:8099, [fd00::/8]:8080, 10.0.0.0/8".

    Raises:
        HaberdarError: A part is no network.
    """
    return tuple(_parse_network(part.strip()) for part in setting.split(",") if part.strip())


def _parse_network(part: str) -> tuple[_Network, int | None]:
    net, port = part, ""
    if part.startswith("["):
        net, _, port = part[1:].partition("]")
        port = port.removeprefix(":")
    elif part.count(":") == 1:
        net, _, port = part.partition(":")
    try:
        return ip_network(net, strict=False), _port(port)
    except ValueError:
        raise HaberdarError(
            f'allow_networks: "{part}" is no network; write NET/LENGTH:PORT, such as 10.0.0.0/8:8080'
        ) from None


def _port(port: str) -> int | None:
    if not port:
        return None
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(port)
    return int(port)


def _is_closed(address: _Address) -> bool:
    return not address.is_global or any(address.version == net.version and address in net for net in _CLOSED)


def _inside(address: _Address) -> Sequence[IPv4Address]:
    """Return the IPv4 addresses an IPv6 one carries: mapped, 6to4, Teredo and NAT64."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or address in _NAT64_LOCAL:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]
