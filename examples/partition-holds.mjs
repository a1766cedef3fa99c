// A hard partition holds: whatever a tenant asks for, its `max` is never exceeded, and the others do not notice.
//
// Two tenants share a card half and half. One is modest, the other takes as much as it can get: it evicts its own
// oldest buffers, and what is too large for its half is refused.

import assert from "node:assert/strict";
import { Dmem, formatBytes, GiB, MiB } from "dmemcg";
import { Xe } from "dmemcg/drivers";

const dmem = Dmem.create();
const card = new Xe(dmem, { unique: "0000:03:00.0", tiles: [{ vram: 8 * GiB }], tt: 64 * GiB });
const region = card.region("vram0");
const [modest, greedy] = ["modest", "greedy"].map((name) => {
  const tenant = dmem.root.mkdir(name);
  tenant.write("dmem.max", `${region.name} 4G`);
  return { tenant, pool: tenant.pool(region) };
});
const open = ({ tenant }, size) => card.createBuffer({ owner: tenant, size, domains: ["vram0"] });

const own = open(modest, GiB);
const flood = Array.from({ length: 64 }, () => {
  const bo = open(greedy, 512 * MiB);
  assert.ok(greedy.pool.usage <= 4 * GiB); // at every moment, although 3 GiB of the card are free
  return bo;
});
assert.throws(() => open(greedy, 5 * GiB), { name: "DmemError", code: "ENOSPC" });

const row = ({ usage, peak, max }) => ({ usage: formatBytes(usage), peak: formatBytes(peak), max: formatBytes(max) });
console.table({ modest: row(modest.pool), greedy: row(greedy.pool) });

assert.deepEqual([own.place, modest.pool.usage], ["vram0", GiB]); // the other's flood did not touch it
assert.deepEqual([greedy.pool.usage, greedy.pool.peak], [4 * GiB, 4 * GiB]);
assert.deepEqual(
  flood.map(({ place }) => place),
  [...Array(56).fill("tt"), ...Array(8).fill("vram0")], // the newest eight are what fits
);

dmem.dispose();
