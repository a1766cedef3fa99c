import { expect, test } from "vitest";
import type { Cgroup, Dmem, Pool, Region, Ticket } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, memoryOf, onePool, seenBy } from "../../support/small-dmem.ts";

// Every way to ask a handle for something, after dispose. Another agent has taken over the slots, and must not notice.

interface Disposed {
  readonly dmem: Dmem;
  readonly region: Region;
  readonly group: Cgroup;
  readonly pool: Pool;
  /** A pool that this agent never charged to. */
  readonly unused: Pool;
  /** Of the other agent. */
  readonly ticket: Ticket;
}

function disposed(): Disposed {
  const { dmem, region, group, pool } = onePool();
  const unused = group.mkdir("b").pool(region);
  pool.charge(5);
  dmem.dispose();
  const same = seenBy(attachTo(dmem), pool);
  same.charge(7);
  return { dmem, region, group, pool, unused, ticket: same.handOver(1) };
}

const ASKS: Readonly<Record<string, (handles: Disposed) => unknown>> = {
  "pool.tryCharge": ({ pool }) => pool.tryCharge(1),
  "pool.tryCharge of an unused one": ({ unused }) => unused.tryCharge(1),
  "pool.charge": ({ pool }) => pool.charge(1),
  "pool.charge of an unused one": ({ unused }) => unused.charge(1),
  "pool.uncharge": ({ pool }) => pool.uncharge(1),
  "pool.uncharge of an unused one": ({ unused }) => unused.uncharge(1),
  "pool.handOver": ({ pool }) => pool.handOver(1),
  "pool.adopt": ({ pool, ticket }) => pool.adopt(ticket),
  "pool.held": ({ pool }) => pool.held,
  "pool.held of an unused one": ({ unused }) => unused.held,
  "pool.usage": ({ pool }) => pool.usage,
  "pool.peak": ({ pool }) => pool.peak,
  "pool.min": ({ pool }) => pool.min,
  "pool.max": ({ pool }) => pool.max,
  "setting pool.min": ({ pool }) => Object.assign(pool, { min: 1 }),
  "setting pool.low": ({ pool }) => Object.assign(pool, { low: 1 }),
  "setting pool.high": ({ pool }) => Object.assign(pool, { high: 1 }),
  "setting pool.max": ({ pool }) => Object.assign(pool, { max: 1 }),
  "pool.values": ({ pool }) => pool.values(),
  "pool.attached": ({ pool }) => pool.attached,
  "pool.parent": ({ pool }) => pool.parent,
  "pool.effectiveProtection": ({ pool }) => pool.effectiveProtection(),
  "pool.evictValuable": ({ pool }) => pool.evictValuable(null),
  "pool.evictValuable of itself": ({ pool }) => pool.evictValuable(pool),
  "pool.belowMin": ({ pool }) => pool.belowMin(),
  "pool.belowLow of itself": ({ pool }) => pool.belowLow(pool),
  "pool.commonAncestor": ({ pool }) => pool.commonAncestor(pool),
  "region.registered": ({ region }) => region.registered,
  "region.unregister": ({ region }) => region.unregister(),
  "group.mkdir": ({ group }) => group.mkdir("x"),
  "group.child": ({ group }) => group.child("x"),
  "group.children": ({ group }) => group.children,
  "group.removed": ({ group }) => group.removed,
  "group.rmdir": ({ group }) => group.rmdir(),
  "group.pool": ({ region, group }) => group.pool(region),
  "group.files": ({ group }) => group.files,
  "group.read": ({ group }) => group.read("dmem.current"),
  "group.write": ({ group }) => group.write("dmem.max", "vram 1"),
  "dmem.cgroup": ({ dmem }) => dmem.cgroup("/a"),
  "dmem.region": ({ dmem }) => dmem.region("vram"),
  "dmem.regions": ({ dmem }) => dmem.regions,
  "dmem.registerRegion": ({ dmem }) => dmem.registerRegion("x", { size: 1 }),
  "dmem.unregisterRegion": ({ dmem, region }) => dmem.unregisterRegion(region),
};

test.each(Object.entries(ASKS))("%s refuses with ENODEV and writes nothing", (_, ask) => {
  const handles = disposed();
  const bytes = new Uint8Array(memoryOf(handles.dmem).buffer);
  const before = Buffer.from(bytes);
  expectRefusal(() => ask(handles), "ENODEV", "disposed of");
  expect(before.equals(bytes)).toBe(true);
});

test("what is only a name, and the handle, can still be read", () => {
  const { dmem, region, group, pool } = disposed();
  expect([String(pool), group.path, group.name, region.name, region.size]).toEqual([
    "/a vram",
    "/a",
    "a",
    "vram",
    1000,
  ]);
  expect([dmem.semantics, attachTo(dmem).cgroup("/a").path]).toEqual(["intended", "/a"]);
});
