"""The fake Slack's Socket Mode: envelopes go out over the newest socket until they are confirmed."""

import asyncio
import json
from itertools import count

from aiohttp import WSMsgType, web

from tests.fakes.slack_ledger import Ack, Envelope, Json


class Line:
    """All sockets of one app.

    Attributes:
        ack_within: Seconds an envelope waits for its confirmation before it is sent again; Slack waits 3.
        refuse: How many sockets more are refused, their address used up.
        opened: How many sockets were opened.
        acks: Every confirmation, in order.
    """

    def __init__(self, ack_within: float, changed: asyncio.Condition) -> None:
        self.ack_within = ack_within
        self.refuse = 0
        self.opened = 0
        self.acks: list[Ack] = []
        self._changed = changed
        self._number = count(1)
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._retired: set[web.WebSocketResponse] = set()
        self._on_the_way: dict[str, tuple[Envelope, float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def ticket(self) -> str:
        """Return a ticket that opens one socket."""
        ticket = f"ticket-{next(self._number)}"
        self._tickets.add(ticket)
        return ticket

    def live(self) -> list[web.WebSocketResponse]:
        """Return the sockets that envelopes may go to, the newest last."""
        return [socket for socket in self._sockets if socket not in self._retired and not socket.closed]

    def deliver(self, kind: str, payload: Json) -> Envelope:
        """Send a payload, again and again until it is confirmed."""
        envelope = Envelope(kind, payload)
        task = asyncio.create_task(self._carry(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return envelope

    async def disconnect(self, reason: str) -> None:
        """Ask the app to open a new socket; nothing more goes over the old ones."""
        for socket in self.live():
            self._retired.add(socket)
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})

    def cut(self) -> None:
        """Break every socket without a word."""
        for socket in self._sockets:
            self._retired.add(socket)
            transport = getattr(socket, "_req").transport  # noqa: B009  # no public way to break a line
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        """Send nothing more and close every socket."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for socket in list(self._sockets):
            await socket.close()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.remove(ticket)
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}})
        self._sockets.append(socket)
        self.opened += 1
        await self._changes()
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    await self._take_ack(json.loads(frame.data))
        finally:
            self._sockets.remove(socket)
            await self._changes()
        return socket

    async def _take_ack(self, frame: Json) -> None:
        envelope, sent_at = self._on_the_way[frame["envelope_id"]]
        self.acks.append(Ack(envelope, asyncio.get_running_loop().time() - sent_at, frame.get("payload")))
        envelope.acked.set()
        await self._changes()

    async def _carry(self, envelope: Envelope) -> None:
        while not envelope.acked.is_set():
            async with self._changed:
                await self._changed.wait_for(self.live)
            socket, name = self.live()[-1], f"envelope-{next(self._number)}"
            self._on_the_way[name] = (envelope, asyncio.get_running_loop().time())
            frame = {"type": envelope.kind, "envelope_id": name, "payload": envelope.payload}
            retry = {"retry_attempt": envelope.attempts, "retry_reason": "timeout"} if envelope.attempts else {}
            envelope.attempts += 1
            try:
                await socket.send_json(frame | retry | {"accepts_response_payload": envelope.kind != "events_api"})
            except ConnectionError:
                self._retired.add(socket)
                continue
            await self._changes()
            await self._acked_or_lost(envelope, socket)

    async def _acked_or_lost(self, envelope: Envelope, socket: web.WebSocketResponse) -> None:
        try:
            async with asyncio.timeout(self.ack_within), self._changed:
                await self._changed.wait_for(lambda: envelope.acked.is_set() or socket not in self._sockets)
        except TimeoutError:
            return

    async def _changes(self) -> None:
        async with self._changed:
            self._changed.notify_all()
