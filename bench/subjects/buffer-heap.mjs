// Prints how many bytes of the JavaScript heap a buffer takes that is in a memory of the manager named:
// node --expose-gc buffer-heap.mjs CountManager 100000

import { Dmem } from "dmemcg";
import { BuddyManager, CountManager, PAGE_BYTES, RangeManager, TtmDevice } from "dmemcg/ttm";

const MANAGERS = { BuddyManager, CountManager, RangeManager };

const [manager, count] = process.argv.slice(2);
const buffers = Number(count);

const dmem = Dmem.create();
const region = dmem.registerRegion("vram", { size: buffers * PAGE_BYTES });
const device = new TtmDevice({
  dmem,
  memories: { vram: { manager: new MANAGERS[manager](buffers + 1), region } },
  driver: { evictionPlacement: () => [] },
});
const placement = [{ type: "vram" }];
const create = () => device.create({ size: PAGE_BYTES, owner: dmem.root, placement });

create(); // what is made once for all
const before = heapBytes();
for (let left = buffers; left > 0; left--) create();
const bytes = (heapBytes() - before) / buffers;
if (device.usedPages("vram") !== buffers + 1) throw new Error("Not every buffer has its page.");
console.log(bytes);

function heapBytes() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
