import assert from "node:assert/strict";

/** What a thread has given away and not seen taken; the arena has room for exactly that many a thread. */
const OPEN_MAX = 8;
const TARGETS = ["/hard", "/hard/a", "/hard/b", "/soft", "/soft/p0", "/soft/p1", "/soft/p2"];
/** A mailbox slot holds a ticket and the index of its target. */
const TARGET_BITS = 4n;
/** Who was faster is found out at the next meeting. */
const SPENT = { EINVAL: () => true };

/** Amounts change hands: through a mailbox that all share, or back to the giver. */
export function ticketMoves(tenant) {
  const { dmem, random, book, view, tickets } = tenant;
  const { mailbox } = tenant.shared;
  const targets = TARGETS.map((path) => dmem.cgroup(path).pool(dmem.regions[0]));

  /** There is always room for the ticket, unless slots got lost. */
  function give() {
    const entry = book.pick(random);
    if (entry === undefined) return;
    if (tickets.length === OPEN_MAX) takeBack(tenant, tickets.shift());
    const bytes = random.oneIn(2) ? entry.bytes : 1 + random.below(entry.bytes);
    const ticket = entry.pool.handOver(bytes);
    tickets.push({ pool: entry.pool, ticket, bytes });
    book.give(entry, ticket, bytes);
    view.count("handOver");
    const target = targets.indexOf(entry.pool);
    if (target >= 0) post(ticket, target);
  }

  function post(ticket, target) {
    Atomics.store(mailbox, random.below(mailbox.length), (BigInt(ticket) << TARGET_BITS) | BigInt(target));
  }

  function adopt() {
    const letter = Atomics.exchange(mailbox, random.below(mailbox.length), 0n);
    if (letter === 0n) return;
    const pool = targets[Number(BigInt.asUintN(Number(TARGET_BITS), letter))];
    const ticket = Number(letter >> TARGET_BITS);
    const bytes = view.race("adopt", SPENT, () => pool.adopt(ticket));
    if (bytes !== undefined) book.take(pool, ticket, bytes);
  }

  function takeOneBack() {
    if (tickets.length > 0) takeBack(tenant, tickets.splice(random.below(tickets.length), 1)[0]);
  }

  return [
    [3, give],
    [4, adopt],
    [1, takeOneBack],
  ];
}

export function takeAllBack(tenant) {
  for (const open of tenant.tickets.splice(0)) takeBack(tenant, open);
}

/** Works whatever became of the group, unless somebody else was faster. */
function takeBack({ book, view }, { pool, ticket, bytes }) {
  const got = view.race("take back", SPENT, () => pool.adopt(ticket));
  if (got === undefined) book.miss(ticket);
  else {
    assert.equal(got, bytes);
    book.take(pool, ticket, bytes);
  }
}
