// Opens the controller in the file that is named, charges, and has the CommonJS copy join it from another process.

import { spawnSync } from "node:child_process";
import { Dmem } from "dmemcg";

const [path] = process.argv.slice(2);
const dmem = Dmem.open(path);
const pool = dmem.root.mkdir("game").pool(dmem.registerRegion("vram", { size: 1000 }));
pool.charge(100);
const { status, stdout, stderr } = spawnSync(process.execPath, ["join.cjs", path], { encoding: "utf8" });
if (status !== 0) throw new Error(stderr);
console.log(JSON.stringify({ during: JSON.parse(stdout), after: pool.usage }));
