import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "../../dist/index.js";
import { live } from "./mortal-deeds.mjs";

const dmem = Dmem.attach(workerData.dmem);
parentPort.postMessage("alive");
live(dmem, workerData.seed);
