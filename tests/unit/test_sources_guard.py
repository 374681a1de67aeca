"""Which addresses may be dialled."""

import socket

import pytest

from digests.errors import HaberdarError
from digests.sources.guard import ClosedAddress, Guard, parse_networks


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1", 80),
        ("10.1.2.3", 443),
        ("172.16.0.1", 80),
        ("192.168.1.1", 80),
        ("169.254.169.254", 80),
        ("100.64.0.1", 80),
        ("0.0.0.0", 80),
        ("224.0.0.1", 80),
        ("255.255.255.255", 80),
        ("192.0.2.1", 80),
        ("198.18.0.1", 80),
        ("::", 80),
        ("::1", 80),
        ("fe80::1", 80),
        ("fe80::1%eth0", 80),
        ("fd00::1", 80),
        ("ff02::1", 80),
        ("::ffff:127.0.0.1", 80),
        ("::ffff:10.0.0.1", 80),
        ("::7f00:1", 80),
        ("64:ff9b::7f00:1", 80),
        ("64:ff9b::a9fe:a9fe", 80),
        ("64:ff9b:1::a00:1", 80),
        ("2002:7f00:1::", 80),
        ("2002:c0a8:101::1", 80),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", 80),
        ("2001:db8::1", 80),
        ("8.8.8.8", 22),
        ("8.8.8.8", 8080),
        ("not an address", 80),
    ],
)
def test_what_is_not_public_or_no_port_of_the_web_is_closed(host: str, port: int) -> None:
    with pytest.raises(ClosedAddress):
        Guard().check(host, port)


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::8", "64:ff9b::808:808"]
)
def test_what_is_public_is_open(host: str) -> None:
    Guard().check(host, 80)
    Guard().check(host, 443)


def test_the_setting_opens_the_named_network_and_port_and_nothing_else() -> None:
    guard = Guard(parse_networks("127.64.0.0/16:8099, [fd00::/8]:8080, 10.0.0.0/8,fd12::/16"))
    guard.check("127.64.3.4", 8099)
    guard.check("fd00::5", 8080)
    guard.check("10.9.9.9", 80)
    guard.check("fd12::1", 443)
    for host, port in [("127.64.3.4", 80), ("127.65.0.1", 8099), ("10.9.9.9", 8080), ("fd00::5", 80)]:
        with pytest.raises(ClosedAddress):
            guard.check(host, port)


@pytest.mark.parametrize(
    "setting", ["localhost", "127.0.0.1/8:http", "127.0.0.0/8:0", "10.0.0.0/99", "[fd00::/8]:99999"]
)
def test_a_setting_that_is_no_network_is_named_with_its_remedy(setting: str) -> None:
    with pytest.raises(HaberdarError, match="allow_networks") as caught:
        parse_networks(setting)
    assert setting in str(caught.value)


def test_a_socket_is_made_only_for_an_open_address() -> None:
    kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    with Guard().make_socket((*kind, ("8.8.8.8", 443))) as made:
        assert made.family == socket.AF_INET
    with pytest.raises(ClosedAddress):
        Guard().make_socket((*kind, ("127.0.0.1", 443)))
