"""What a parser process and its parent tell each other, as frames on two pipes.

The parent sends the settings, then documents. The child answers each with one document or error, and before that
tells how many pages are done, several times a second at most: a parent that hears nothing more stops it. Neither side
looks into a frame here; what the parent may unpickle is `partition_worker`'s business.
"""

import struct
import time
from collections.abc import Callable
from typing import IO, BinaryIO, Final, NamedTuple

# Told pages done and pages in all, of one document; the first number never falls.
OnPages = Callable[[int, int], None]

_LENGTH: Final = struct.Struct(">Q")
_HEAD: Final = struct.Struct(">?QQ")
HEAD_BYTES: Final = _HEAD.size
_TELL_EVERY_S: Final = 0.1


class Head(NamedTuple):
    """What comes from a child: an answer of `first` bytes, or the news that `first` of `second` pages are done."""

    is_answer: bool
    first: int
    second: int


def read_head(data: bytes) -> Head:
    """Read the head of a frame from a child, `HEAD_BYTES` long."""
    return Head(*_HEAD.unpack(data))


def send(stream: IO[bytes], data: bytes) -> None:
    """Send a frame to a child."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Receive a frame from the parent; None at the end."""
    head = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None


def answer(stream: BinaryIO, data: bytes) -> None:
    """Send the parent what became of a document."""
    stream.write(_HEAD.pack(True, len(data), 0))  # noqa: FBT003 - a field of the frame
    stream.write(data)
    stream.flush()


class PageNews:
    """Tells the parent of pages done: of the first, of the last, and now and then between them."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._told_s = float("-inf")

    def __call__(self, done: int, total: int) -> None:
        """Tell that so many pages of a document are done, unless it was told of others just now."""
        now_s = time.monotonic()
        if done < total and now_s - self._told_s < _TELL_EVERY_S:
            return
        self._told_s = now_s
        self._stream.write(_HEAD.pack(False, done, total))  # noqa: FBT003 - a field of the frame
        self._stream.flush()
