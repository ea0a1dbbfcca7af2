"""Many documents in one file: chunks laid out by two processes, joined in order, still tagged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import Final

from portal.platform.pdf import render

CHUNK: Final = 25
"""Documents laid out at once: enough to spread the start-up, few enough to keep memory flat."""

PROCESSES: Final = 2

Progress = Callable[[int, int], None]
"""Told after each chunk how many documents are done, and how many there are."""

_Chunk = tuple[str, Mapping[str, object], str]


def render_batch(
    template: str,
    documents: Sequence[object],
    context: Mapping[str, object],
    *,
    title: str,
    progress: Progress | None = None,
) -> bytes:
    """Lay out a template that loops over `documents`, and return one PDF in the order given.

    A ProcessPoolExecutor fails when a child dies; `multiprocessing.Pool` would start it again for ever.

    :param documents: picklable; each child receives its chunk.
    :raises ValueError: nothing to print.
    """
    if not documents:
        message = "an empty batch has no page to print"
        raise ValueError(message)
    chunks = [
        (template, {**context, "documents": documents[start : start + CHUNK]}, title)
        for start in range(0, len(documents), CHUNK)
    ]
    parts = []
    for part in _parts(chunks):
        parts.append(part)
        if progress:
            progress(min(len(parts) * CHUNK, len(documents)), len(documents))
    merged: bytes = import_module("portal.platform.typesetter").merge(parts)
    return merged


def _parts(chunks: Sequence[_Chunk]) -> Iterable[bytes]:
    if len(chunks) == 1:
        yield _render_chunk(chunks[0])
        return
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_render_chunk, chunks)


def _render_chunk(chunk: _Chunk) -> bytes:
    template, context, title = chunk
    return render(template, context, title=title)
