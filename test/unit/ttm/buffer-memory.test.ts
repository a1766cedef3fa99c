import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { CountManager, SystemManager } from "../../../src/ttm/index.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";

const BUFFERS = 100_000;
const BYTES_MAX = 200;

test(`${BUFFERS} buffers cost at most ${BYTES_MAX} bytes of heap each`, () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const heapUsed = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const { device, a } = smallDevice({
    managers: { vram: new CountManager(BUFFERS), system: new SystemManager() },
    driver: { move: () => {} }, // keeps no log
  });
  const options = { size: PAGE, owner: a, placement: places("vram") };
  for (let count = 0; count < 1000; count++) device.create(options).free(); // so that the classes have their shape
  const before = heapUsed();
  for (let count = 0; count < BUFFERS; count++) device.create(options);
  expect((heapUsed() - before) / BUFFERS).toBeLessThan(BYTES_MAX);
});
