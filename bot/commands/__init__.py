"""What people can ask. Importing the package puts every command into `registry.COMMANDS`."""

from bot.commands import chat, digest, lists, owner, talk, watch, who, wishes

__all__ = ["chat", "digest", "lists", "owner", "talk", "watch", "who", "wishes"]
