"""Sealing entries into their mine's chain, and proving the chain.

A verb only inserts its entry; the database computes the digest and queues it. Here one sealer per mine, holding an
advisory lock, takes what has been committed and gives each entry its number and chain value. Two verbs therefore
never wait for each other because of the chain; what is younger than the last pulse is not yet sealed, and
`verify` says how many that are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction

from kuangdeng.ledger.models import Entry, PendingEntry, Seal

BATCH = 2000
SHORTEST_ANCHOR = 16
"""Hexadecimal digits of a chain value that somebody must have written down for it to prove anything."""


def genesis(mine_id: UUID) -> bytes:
    """The chain value before a mine's first entry."""
    return sha256(b"kuangdeng ledger " + mine_id.bytes).digest()


def link(previous: bytes, digest: bytes) -> bytes:
    """The next chain value."""
    return sha256(previous + digest).digest()


def mines_with_pending() -> list[UUID]:
    """Mines whose ledger has entries that no seal holds yet."""
    return list(PendingEntry.objects.values_list("mine_id", flat=True).distinct())


@transaction.atomic
def seal(mine_id: UUID, *, most: int = BATCH) -> int:
    """Give up to `most` committed entries of a mine their place in the chain; returns how many.

    Returns 0 at once when another sealer is at work on this mine.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [mine_id.int & 0x7FFF_FFFF_FFFF_FFFF])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "WITH taken AS (DELETE FROM ledger_pendingentry WHERE entry_id IN (SELECT entry_id FROM ledger_pendingentry"
            " WHERE mine_id = %s ORDER BY entry_id LIMIT %s) RETURNING entry_id)"
            " SELECT e.id, e.digest FROM taken JOIN ledger_entry e ON e.id = taken.entry_id ORDER BY e.id",
            [mine_id, most],
        )
        taken = cursor.fetchall()
    last = Seal.objects.filter(mine_id=mine_id).order_by("-seq").first()
    seq, chain = (last.seq, bytes(last.chain)) if last else (0, genesis(mine_id))
    seals = []
    for entry_id, digest in taken:
        seq, chain = seq + 1, link(chain, bytes(digest))
        seals.append(Seal(entry_id=entry_id, mine_id=mine_id, seq=seq, chain=chain))
    Seal.objects.bulk_create(seals)
    return len(seals)


def seal_all() -> int:
    """Seal whatever is waiting, mine by mine; returns how many entries."""
    return sum(seal(mine_id) for mine_id in mines_with_pending())


@dataclass
class Proof:
    """What verifying a mine's chain found. `broken` is a Chinese sentence naming the first broken entry, or empty."""

    mine_id: UUID
    sealed: int = 0
    unsealed: int = 0
    head: str = ""
    broken: str = ""


def verify(mine_id: UUID, *, expect: Mapping[int, str] | None = None) -> Iterator[Proof]:
    """Walk a mine's chain from the first entry, recomputing every digest; yields the proof as it grows.

    The last one yielded is the result. Walking stops at the first broken entry. `expect` are anchors: seal number →
    chain value (or its beginning) that somebody wrote down outside this database. Without them a person who owns the
    database could write the whole chain anew; with one, nothing up to it can have changed.
    """
    proof, anchors = Proof(mine_id), dict(expect or {})
    chain = genesis(mine_id)
    with transaction.atomic(), connection.cursor() as _, connection.connection.cursor(name="ledger_verify") as rows:
        rows.itersize = BATCH
        rows.execute(
            "SELECT s.seq, s.entry_id, s.chain, CASE WHEN e.mine_id = s.mine_id THEN e.digest END, ledger_digest(e), e.verb, e.subject_label"
            " FROM ledger_seal s LEFT JOIN ledger_entry e ON e.id = s.entry_id"
            " WHERE s.mine_id = %s ORDER BY s.seq",
            [mine_id],
        )
        for seq, entry_id, sealed, digest, recomputed, verb, label in rows:
            proof.broken = _fault(proof.sealed + 1, seq, entry_id, digest, recomputed, verb, label)
            if not proof.broken:
                chain = link(chain, bytes(recomputed))
                if chain != bytes(sealed):
                    proof.broken = f"第 {seq} 条（{entry_id}，{verb} {label}）与前一条接不上：链值不符。"
            if not proof.broken and seq in anchors:
                proof.broken = _differs(seq, chain.hex(), anchors.pop(seq))
            if proof.broken:
                yield proof
                return
            proof.sealed, proof.head = seq, chain.hex()
            if seq % BATCH == 0:
                yield proof
    proof.unsealed = PendingEntry.objects.filter(mine_id=mine_id).count()
    total = Entry.objects.filter(mine_id=mine_id).count()
    if total != proof.sealed + proof.unsealed:
        proof.broken = f"台账有 {total} 条，链上和待封存的一共 {proof.sealed + proof.unsealed} 条，数目不符。"
    elif anchors:
        proof.broken = f"链上只有 {proof.sealed} 条，抄录的第 {min(anchors)} 号不在其中：后面的记录被整段删掉了。"
    yield proof


def _differs(seq: int, chain: str, anchor: str) -> str:
    """What an anchor says against the chain, or an empty string."""
    if len(anchor) >= SHORTEST_ANCHOR and chain.startswith(anchor.lower()):
        return ""
    return f"第 {seq} 号的链值是 {chain}，与抄录的 {anchor} 不符：此号或之前的记录被整段改写过。"


def _fault(
    expected: int, seq: int, entry_id: UUID, digest: bytes | None, recomputed: bytes | None, verb: str, label: str
) -> str:
    """What is wrong with one sealed entry by itself, or an empty string."""
    if seq != expected:
        return f"第 {expected} 条不见了：链上下一条是第 {seq} 条。"
    if digest is None or recomputed is None:
        return f"第 {seq} 条（{entry_id}）的台账内容不见了。"
    if bytes(digest) != bytes(recomputed):
        return f"第 {seq} 条（{entry_id}，{verb} {label}）的内容被改动过。"
    return ""
