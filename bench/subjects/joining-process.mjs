// A process that comes late: joins the controller in the file, says how long that took, charges a page, and leaves.

import { Dmem } from "dmemcg";

const [path, group] = process.argv.slice(2);
const start = performance.now();
const dmem = Dmem.open(path);
const milliseconds = performance.now() - start;

const pool = dmem.cgroup(group).pool(dmem.regions[0]);
pool.charge(4096);
console.log(JSON.stringify({ milliseconds, held: pool.held }));
dmem.dispose();
