// Three processes share one card through a file: a foreground with `low`, a background that fills whatever is free, and
// a compute job with `min`. Whoever needs room asks for it, and the library finds whose memory should go. Then the
// background is killed in the middle of its work, and what it held is there again for the others.
//
// This process makes the groups and looks on. (Takes Linux, and the addon: `npm run build:native`.)

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Dmem, formatBytes, GiB, MiB } from "dmemcg";

const VRAM = "drm/0000:03:00.0/vram0";
const BUFFER = 256 * MiB;
const [path, name] = process.argv.slice(2);
if (name === undefined) await lookOn();
else takePart();

/** What each of the three does: it gives back when it is asked to, and does what it is told. */
function takePart() {
  const dmem = Dmem.open(path); // everything about it is in the file
  const card = dmem.cgroup("/card").pool(dmem.region(VRAM));
  const own = dmem.cgroup(`/card/${name}`).pool(dmem.region(VRAM));
  dmem.region(VRAM).reclaim = (pool, bytes) => {
    for (let left = bytes; left > 0 && pool.held > 0; left -= BUFFER) pool.uncharge(BUFFER);
  };

  const deeds = {
    /** Takes what is free. */
    fill() {
      while (own.tryCharge(BUFFER) === null);
    },
    /** Takes so much, and asks for room where there is none. */
    async take(bytes) {
      for (let left = bytes; left > 0; left -= BUFFER) {
        while (own.tryCharge(BUFFER) !== null) if ((await card.reclaim(BUFFER)) === 0) return;
      }
    },
    /** Works on for ever: this process answers nobody any more. */
    churn() {
      process.send("at work", () => {
        for (;;) if (own.tryCharge(1) === null) own.uncharge(1);
      });
    },
  };
  process.on("message", async ([deed, argument]) => {
    await deeds[deed](argument);
    if (deed !== "churn") process.send("done");
  });
  process.send("here");
}

async function lookOn() {
  const memory = "/dev/shm";
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), "card-"));
  const started = [];
  const dmem = Dmem.open(join(folder, "card"));
  try {
    await direct(dmem, async (who) => {
      const child = fork(fileURLToPath(import.meta.url), [join(folder, "card"), who]);
      started.push(child);
      await once(child, "message");
      return child;
    });
  } finally {
    for (const child of started) child.kill("SIGKILL");
    dmem.dispose();
    rmSync(folder, { recursive: true });
  }
}

async function direct(dmem, start) {
  const region = dmem.registerRegion(VRAM, { size: 8 * GiB });
  const card = dmem.root.mkdir("card").pool(region);
  const [foreground, background, job] = ["foreground", "background", "job"].map((who) =>
    card.cgroup.mkdir(who).pool(region),
  );
  card.max = 8 * GiB;
  job.min = 3 * GiB;
  foreground.low = 4 * GiB;

  const rows = {};
  const show = (moment) => {
    const pools = { job, foreground, background, card };
    rows[moment] = Object.fromEntries(Object.entries(pools).map(([who, pool]) => [who, formatBytes(pool.usage)]));
    return Object.values(pools).map((pool) => pool.usage / GiB);
  };
  const tell = async (child, ...deed) => {
    child.send(deed);
    await once(child, "message");
  };

  const theJob = await start("job");
  const theBackground = await start("background");
  await tell(theJob, "take", 3 * GiB);
  await tell(theBackground, "fill");
  assert.deepEqual(show("the background has filled the card"), [3, 0, 5, 8]);

  const theForeground = await start("foreground");
  await tell(theForeground, "take", 3 * GiB);
  assert.deepEqual(show("the foreground asked for 3 GiB"), [3, 3, 2, 8]); // neither of the job's, which is as large

  await tell(theBackground, "take", 2 * GiB);
  assert.deepEqual(show("the background asked for 2 GiB more"), [3, 3, 2, 8]); // it got its own: the others are protected

  await tell(theBackground, "churn");
  theBackground.kill("SIGKILL");
  const killed = performance.now();
  while (background.usage > 0) await sleep(1); // whoever lives sees it: this process, too
  const milliseconds = performance.now() - killed;
  assert.deepEqual(show("the background was killed"), [3, 3, 0, 6]);

  await tell(theForeground, "fill");
  assert.deepEqual(show("the foreground fills the card"), [3, 5, 0, 8]); // without asking anybody

  console.table(rows);
  console.log(`What the background held was free ${Math.ceil(milliseconds)} ms after it was killed.`);
}
