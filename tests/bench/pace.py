"""Many chats' digests fall due at one minute; how fast and how evenly they reach a fake Telegram that has its limits.

    python -m tests.bench pace [--chats 1000] [--engine sqlite|postgres]

The service is the real one, in a process of its own. Meanwhile people type commands, whose answers may use the reserve.
The fake refuses what is too fast: more than 30 messages a second in all, or one a second to a chat.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from digests.engine import BOOK, Engine
from digests.model import Chat, ChatId, Entry, Reading, Source, SourceId, Stance, Subscription, SubscriptionId
from digests.model import SubscriptionKind, make_id
from digests.sources.base import READERS
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.secrets import load_vault
from tests.crash.child import Child
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_shapes import Limits
