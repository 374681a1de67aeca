from datetime import timedelta

from digests.store.db import Database
from digests.store.hosts import Hosts
from tests.builders import NOW

SECOND = timedelta(seconds=1)


async def test_a_host_is_claimed_by_one_until_its_wait_is_over(database: Database) -> None:
    async with database.write() as tx:
        hosts = Hosts(tx)
        assert await hosts.claim({"a.example", "b.example"}, NOW, NOW + SECOND) == {"a.example", "b.example"}
        assert await hosts.claim({"a.example", "c.example"}, NOW, NOW + SECOND) == {"c.example"}
        assert await hosts.claim({"a.example"}, NOW + SECOND, NOW + 2 * SECOND) == {"a.example"}
        assert await hosts.claim((), NOW, NOW) == frozenset()


async def test_a_host_that_asked_us_to_wait_is_held_and_a_longer_wait_stays(database: Database) -> None:
    async with database.write() as tx:
        hosts = Hosts(tx)
        await hosts.hold({"a.example": NOW + timedelta(hours=2), "b.example": NOW + SECOND})
        await hosts.hold({"a.example": NOW + timedelta(hours=1), "b.example": NOW + timedelta(hours=1)})
    async with database.read() as tx:
        hour = timedelta(hours=1)
        assert await Hosts(tx).held(NOW) == {"a.example": NOW + 2 * hour, "b.example": NOW + hour}
        assert await Hosts(tx).held(NOW + hour) == {"a.example": NOW + 2 * hour}


async def test_hosts_without_a_wait_are_tidied_away(database: Database) -> None:
    async with database.write() as tx:
        hosts = Hosts(tx)
        await hosts.hold({"a.example": NOW + SECOND, "b.example": NOW + 9 * SECOND})
        await hosts.tidy(NOW + SECOND)
        assert await hosts.held(NOW) == {"b.example": NOW + 9 * SECOND}
