"""What the foundation does when anything is announced: it seals the log. Importing this registers the follower."""

from .seals import seal_facts

__all__ = ["seal_facts"]
