// The foreground keeps its memory: a game within its `low` is not evicted while something unprotected can go instead.
//
// A game has 5 GiB on a card of 8 GiB and goes quiet; then 40 browser tabs are opened. The same is played without
// protection, to see what `low` is good for.

import assert from "node:assert/strict";
import { Dmem, GiB, MiB } from "dmemcg";
import { Xe } from "dmemcg/drivers";

/** How much of the game and of the tabs is in VRAM in the end, in MiB. */
function play(low) {
  const dmem = Dmem.create();
  const card = new Xe(dmem, { unique: "0000:03:00.0", tiles: [{ vram: 8 * GiB }], tt: 32 * GiB });
  const [game, browser] = ["game", "browser"].map((name) => dmem.root.mkdir(name));
  game.write("dmem.low", `drm/0000:03:00.0/vram0 ${low}`);

  const open = (owner, size) => card.createBuffer({ owner, size, domains: ["vram0", "tt"] });
  const textures = Array.from({ length: 20 }, () => open(game, 256 * MiB)); // the least recently used in the end
  const tabs = Array.from({ length: 40 }, () => open(browser, 128 * MiB));
  assert.ok([...textures, ...tabs].every(({ place }) => ["vram0", "tt"].includes(place))); // what had to go still exists

  const inVram = (group) => group.pool(card.region("vram0")).usage / MiB;
  const result = { game: inVram(game), browser: inVram(browser) };
  dmem.dispose();
  return result;
}

const [unprotected, within6G] = [play("0"), play("6G")];
console.log("MiB in VRAM, by the game's low:");
console.table({ 0: unprotected, "6G": within6G });

assert.deepEqual(unprotected, { game: 3072, browser: 5120 }); // the tabs drove out 2 GiB of the game
assert.deepEqual(within6G, { game: 5120, browser: 3072 }); // only tabs made room for tabs
