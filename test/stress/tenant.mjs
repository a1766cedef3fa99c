// A tenant: makes one move after another, at random, and meets the others from round to round, where nothing moves and
// the main thread compares everybody's book with the library's figures.

import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "../../dist/index.js";
import { Book } from "./book.mjs";
import { hardMoves } from "./hard-moves.mjs";
import { awaitRelease, meet, stayForEver } from "./meeting.mjs";
import { poolMoves } from "./pool-moves.mjs";
import { Random } from "./random.mjs";
import { takeAllBack, ticketMoves } from "./ticket-moves.mjs";
import { treeMoves } from "./tree-moves.mjs";
import { View } from "./view.mjs";

const { plan, index, shared } = workerData;

const dmem = Dmem.attach(workerData.dmem);
const random = new Random(plan.seed + index);
const tenant = {
  stocked: new Set(),
  dmem,
  index,
  shared,
  random,
  book: new Book(),
  view: new View(dmem, random),
  tickets: [],
};

try {
  play();
} catch (error) {
  // Whoever ends returns what it holds, and others would fail over that before this failure is known.
  parentPort.postMessage(error);
  stayForEver();
}
dmem.dispose();

function play() {
  const moves = [poolMoves, hardMoves, ticketMoves, treeMoves]
    .flatMap((table) => table(tenant))
    .flatMap(([weight, move]) => Array(weight).fill(move));
  for (let round = 1; round <= plan.rounds; round++) {
    tenant.view.beginRound(round);
    for (let left = plan.moves; left > 0; left--) random.pick(moves)();
    comeTogether(round);
  }
  if (plan.leave === "empty-handed") returnEverything();
}

/** Reports while nobody moves. Whoever misreports is what the check is there to catch. */
function comeTogether(round) {
  for (const pool of tenant.stocked) pool.stock({ batch: 0 }); // nobody waits for a thread that sleeps
  tenant.stocked.clear();
  meet(shared);
  const report = tenant.book.report();
  if (index === 0 && report.holdings.length > 0) report.holdings[0].bytes += plan.misreport;
  parentPort.postMessage({ ...report, counts: tenant.view.takeCounts() });
  awaitRelease(shared, round);
}

function returnEverything() {
  const { book } = tenant;
  takeAllBack(tenant);
  for (let entry = book.pick(random); entry !== undefined; entry = book.pick(random)) {
    entry.pool.uncharge(entry.bytes);
    book.subtract(entry, entry.bytes);
  }
}
