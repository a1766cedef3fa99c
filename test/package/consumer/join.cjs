// Joins the controller in the file that is named, charges, and says what it sees.

const { Dmem } = require("dmemcg");

const dmem = Dmem.open(process.argv[2]);
const pool = dmem.cgroup("/game").pool(dmem.region("vram"));
pool.charge(20);
console.log(JSON.stringify({ usage: pool.usage, held: pool.held }));
