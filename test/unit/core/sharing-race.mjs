// Opens files at the same moments as other processes do.
//
//   node sharing-race.mjs meet FOLDER START ROUNDS     each round another file; leaves a group in each
//   node sharing-race.mjs remove FOLDER START ROUNDS   one file, which everybody removes who can

import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { Dmem, DmemError } from "dmemcg";

const [role, folder, start, rounds, command] = process.argv.slice(2);
const PAUSE_MS = 10;
const capacity = { cgroups: 16, regions: 1, pools: 16, agents: 8, accounts: 16, tickets: 1 };
let removed = 0;

for (let round = 0; round < Number(rounds); round++) {
  while (Date.now() < Number(start) + round * PAUSE_MS);
  if (role === "meet") {
    const dmem = Dmem.open(join(folder, `race-${round}`), { capacity });
    dmem.root.mkdir(`${process.pid}`);
    dmem.dispose();
  } else comeAndGo(join(folder, "contended"));
}
console.log(removed);

function comeAndGo(path) {
  const dmem = Dmem.open(path, { capacity });
  if (statSync(path, { bigint: true }).ino !== dmem.handle.file.inode) throw new Error("Removed while it is in use.");
  dmem.dispose();
  const { status, stderr } = spawnSync(process.execPath, [command, "rm", path], { encoding: "utf8" });
  if (status === 0) removed++;
  else if (!/EBUSY|ENOENT/.test(stderr)) throw new DmemError("EIO", stderr);
}
