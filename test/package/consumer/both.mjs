// Two copies of the package in one thread, on one arena.

import { createRequire } from "node:module";
import * as imported from "dmemcg";

const required = createRequire(import.meta.url)("dmemcg");

const here = imported.Dmem.create();
const there = required.Dmem.attach(here.handle);
const vram = here.registerRegion("vram", { size: imported.GiB });
const pool = here.root.mkdir("game").pool(vram);
const same = there.cgroup("/game").pool(there.region("vram"));
pool.charge(1000);
same.charge(500);
same.max = 1500;
const ticket = pool.handOver(400);
const adopted = same.adopt(ticket);
const refusedBy = String(pool.tryCharge(1));
const figures = { usage: pool.usage, held: [pool.held, same.held], adopted, refusedBy };
there.dispose();
console.log(JSON.stringify({ ...figures, copies: imported.Dmem === required.Dmem ? 1 : 2, left: pool.usage }));
