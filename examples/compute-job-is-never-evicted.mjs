// A long-running compute job is never evicted: what is within its `min` stays, whoever needs room.
//
// A job has 6 GiB on a card of 8 GiB and cannot be interrupted, nor its memory be swapped out. Others, one of them
// protected by `low`, ask for far more than is left: they share the rest, or go to system memory. Nothing had to be
// pinned for that.

import assert from "node:assert/strict";
import { Dmem, GiB, MiB } from "dmemcg";
import { Amdgpu } from "dmemcg/drivers";

const moved = [];
const dmem = Dmem.create();
const card = new Amdgpu(dmem, {
  unique: "0000:0a:00.0",
  vram: 8 * GiB,
  gtt: 64 * GiB,
  mover: { move: ({ bo, from }) => from !== null && moved.push(bo) },
});
const region = card.region("vram");
const [job, game, desktop] = ["job", "game", "desktop"].map((name) => dmem.root.mkdir(name));
job.write("dmem.min", `${region.name} 6G`);
game.write("dmem.low", `${region.name} 4G`);

const open = (owner, size, domains) => card.createBuffer({ owner, size, domains });
const weights = Array.from({ length: 12 }, () => open(job, 512 * MiB, ["vram"])); // never touched again
const windows = Array.from({ length: 16 }, () => open(desktop, 256 * MiB, ["vram", "gtt"]));
const textures = Array.from({ length: 16 }, () => open(game, 256 * MiB, ["vram", "gtt"]));
assert.throws(() => open(desktop, 4 * GiB, ["vram"]), { name: "DmemError", code: "ENOSPC" });

const inVram = (buffers) => buffers.filter(({ place }) => place === "vram").length;
const row = (buffers) => ({ buffers: buffers.length, "in VRAM": inVram(buffers) });
console.table({ job: row(weights), desktop: row(windows), game: row(textures) });

assert.equal(inVram(weights), 12);
assert.ok(weights.every((bo) => !moved.includes(bo) && bo.pinCount === 0));
assert.ok(moved.length > 0); // there was something to be evicted for
assert.equal(inVram(windows) + inVram(textures), 8); // the rest of the card, all of it in use

dmem.dispose();
