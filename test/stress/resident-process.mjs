// Charges and returns until it is asked what it holds, and comes to its event loop now and then.

import { Dmem } from "../../dist/index.js";
import { Random } from "./random.mjs";

const MOVES = 10_000;
const [path, seed] = process.argv.slice(2);
const dmem = Dmem.open(path);
const pool = dmem.cgroup("/shared").pool(dmem.regions[0]);
const random = new Random(Number(seed));
let holds = 0;

function move() {
  const bytes = random.below(4096);
  if (random.oneIn(2)) {
    pool.charge(bytes);
    holds += bytes;
  } else if (bytes <= holds) {
    pool.uncharge(bytes);
    holds -= bytes;
  }
}

function work() {
  for (let left = MOVES; left > 0; left--) move();
  turn = setImmediate(work);
}

let turn = setImmediate(work);
process.on("message", (what) => {
  clearImmediate(turn);
  if (what === "report") process.send({ holds, held: pool.held });
  else process.exit();
});
process.send("alive");
