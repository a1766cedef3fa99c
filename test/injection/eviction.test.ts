import { describe, expect, test } from "vitest";
import type { Semantics } from "../../src/index.ts";
import { PAGE, places } from "../support/small-device.ts";
import { DEVICE_FAULTS, deviceScene, fill, fragileDevice, openAll } from "./device-scenes.ts";
import { failEach } from "./fail-each.ts";

// The memory is full: somebody has to go. What was evicted before the failure stays evicted; the books are right.

const FAULTS = DEVICE_FAULTS.filter((name) => name !== "pools" && name !== "accounts");

function full(fault: (typeof FAULTS)[number], semantics: Semantics) {
  const small = fragileDevice(fault, semantics);
  openAll(small);
  fill(small);
  return small;
}

type Full = ReturnType<typeof full>;

function request({ b }: Full) {
  return { size: 4 * PAGE, owner: b, placement: places("vram") };
}

const ATTEMPTS: Readonly<Record<string, (small: Full) => unknown>> = {
  "others are evicted for a new buffer": (small) => small.device.create(request(small)),
  "others are evicted for a submission": (small) => small.device.create({ ...request(small), ticket: true }),
  "others are evicted asynchronously": (small) => small.device.createAsync(request(small)),
  "all are evicted": ({ device }) => device.evictAll("vram"),
  "some are swapped out": ({ device }) => device.swapOut(4 * PAGE, "vram", "tt"),
  "max is lowered": ({ a, vram }) => Object.assign(a.pool(vram), { max: 2 * PAGE }),
  "a limit is obeyed asynchronously": async ({ a, vram, device }) => {
    a.write("dmem.max", `${vram.name} ${2 * PAGE}`, { nonblock: true });
    await device.reclaimAsync(a.pool(vram));
  },
};

/** Where the place is told, the driver is not asked for one. */
const CANNOT_FAIL = ["some are swapped out: eviction placement"];

describe.each<Semantics>(["intended", "linux-7.3"])("with semantics %s", (semantics) => {
  describe.each(FAULTS)("the books are right after a failure of: %s,", (fault) => {
    const attempts = Object.entries(ATTEMPTS).filter(([name]) => !CANNOT_FAIL.includes(`${name}: ${fault}`));

    test.each(attempts)("when %s", async (_, attempt) => {
      const scene = () => {
        const small = full(fault, semantics);
        return deviceScene(
          small,
          () => attempt(small),
          () => small.device.buffers.length,
        );
      };
      await expect(failEach(scene)).resolves.toBeTypeOf("number");
    });
  });
});
