"""The keys of the hashes in our Message-IDs: the current one signs, retired ones still read."""

from yinuo.foundation.home import home


def message_id_keys() -> list[bytes]:
    """Return the keys, the current one first: `keys/message-id`, then `keys/message-id-retired-*`."""
    folder = home().keys
    current = home().secret("message-id").encode()
    return [current, *(path.read_text().strip().encode() for path in sorted(folder.glob("message-id-retired-*")))]
