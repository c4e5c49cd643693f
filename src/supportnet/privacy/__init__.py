"""The project key, pseudonyms, and what is kept of a text.

A pseudonym is the first 16 bytes of HMAC-SHA256(key, platform ‖ 0x1f ‖ identifier). A plain hash of
a handle or a phone number is undone by trying all of them; a keyed one is not, as long as the key
stays apart from the data. That is why the key lives in the user's configuration folder and why a
key inside a dataset, a repository or a git work tree is refused.
"""

from supportnet.privacy.digests import bytes_of, digests_of, number_keys, text_digests
from supportnet.privacy.keys import (
    EXAMPLE_KEY_NAME,
    Key,
    config_dir,
    load_key,
    new_key,
)
from supportnet.privacy.names import message_key, normalise, pseudonym, text_digest
from supportnet.privacy.texts import text_features

__all__ = [
    "EXAMPLE_KEY_NAME",
    "Key",
    "bytes_of",
    "config_dir",
    "digests_of",
    "load_key",
    "message_key",
    "new_key",
    "normalise",
    "number_keys",
    "pseudonym",
    "text_digest",
    "text_digests",
    "text_features",
]
