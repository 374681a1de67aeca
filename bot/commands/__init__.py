"""What people can ask. Importing the package puts every command into `registry.COMMANDS`."""

from bot.commands import chat, digest, judge, lists, owner, sources, talk, watch, who, wishes

__all__ = ["chat", "digest", "judge", "lists", "owner", "sources", "talk", "watch", "who", "wishes"]
