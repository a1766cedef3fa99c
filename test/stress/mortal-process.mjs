import { Dmem } from "../../dist/index.js";
import { live } from "./mortal-deeds.mjs";

const [path, seed] = process.argv.slice(2);
const dmem = Dmem.open(path);
process.send("alive", () => live(dmem, Number(seed)));
