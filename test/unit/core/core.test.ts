import { threadId } from "node:worker_threads";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import {
  AGENT,
  ARENA_LOCK,
  ARENA_VERSION,
  BAD_ID,
  BUSY,
  CGROUP,
  GONE,
  LIVE,
  POOL,
  POOL_FAILURES,
  POOL_SHIFT,
} from "../../../assembly/abi.ts";
import { completeCapacity } from "../../../src/core/capacity.ts";
import { Core } from "../../../src/core/core.ts";
import type { CoreExports } from "../../../src/core/exports.ts";
import { expectRefusal } from "../../support/refusal.ts";

afterEach(() => vi.restoreAllMocks());

function newCore(): Core {
  const capacity = completeCapacity({ cgroups: 4, regions: 1, agents: 2, tickets: 1 });
  const core = Core.create({ capacity, rules: 0, options: 0 });
  onTestFinished(() => {
    if (core.attached) core.detach();
  });
  return core;
}

/** Each look at the clock finds it a second later. */
function hurryClock(): void {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 1000;
    return now;
  });
}

test("ids and addresses lead to each other", () => {
  const core = newCore();
  for (const kind of [AGENT, CGROUP, POOL]) {
    expect(core.idOf(kind, core.addressOf(kind, 1))).toBe(1);
    expect(core.idOf(kind, core.addressOf(kind, 2))).toBe(2);
  }
});

test("a name of 255 bytes can be laid down, one of 256 cannot", () => {
  const core = newCore();
  expect(core.layDown(new Uint8Array(255))).toBe(255);
  expectRefusal(() => core.layDown(new Uint8Array(256)), "ENAMETOOLONG", "255");
});

test("a change that meets the lock is tried again until it is free", () => {
  const core = newCore();
  const answers = [BUSY, BUSY, 7];
  expect(core.change(() => answers.shift() ?? -1, "It")).toBe(7);
});

/** The calls that change what is shared, about nothing that is there: the lock comes first. */
const CHANGES: Readonly<Record<string, (call: CoreExports, agent: number) => number>> = {
  openAccount: (call, agent) => call.openAccount(agent, 0),
  stockOf: (call, agent) => call.stockOf(agent, 0),
  mightFit: (call, agent) => call.mightFit(agent, 0, 1),
  gatherStock: (call, agent) => call.gatherStock(agent, 0),
  need: (call, agent) => call.need(agent, false),
  createCgroup: (call, agent) => call.createCgroup(agent, 0, 0, 1),
  removeCgroup: (call, agent) => call.removeCgroup(agent, 0, 0),
  delegate: (call, agent) => call.delegate(agent, 0, 0, true),
  registerRegion: (call, agent) => call.registerRegion(agent, 1, 1),
  unregisterRegion: (call, agent) => call.unregisterRegion(agent, 0, 0),
  createPool: (call, agent) => call.createPool(agent, 0, 0, 0, 0, 0),
  collect: (call, agent) => call.collect(agent, 0),
  setMax: (call, agent) => call.setMax(agent, 0, 0, 1n),
  lowerMax: (call, agent) => call.lowerMax(agent, 0, 0, 1n),
  setHigh: (call, agent) => call.setHigh(agent, 0, 0, 1n),
  setMin: (call, agent) => call.setMin(agent, 0, 0, 1n),
  setLow: (call, agent) => call.setLow(agent, 0, 0, 1n),
};

test.each(Object.entries(CHANGES))("%s does nothing while another agent has the lock", (_, change) => {
  const core = newCore();
  const other = Core.attach(core.memory);
  core.call.lock(core.agent);
  expect(change(other.call, other.agent)).toBe(BUSY);
  core.call.unlock();
  expect(change(other.call, other.agent)).not.toBe(BUSY);
  expect(core.word(ARENA_LOCK)).toBe(0);
  other.detach();
});

test.each(["setMax", "lowerMax", "setHigh", "setMin", "setLow"] as const)("%s of no pool is told so", (name) => {
  const core = newCore();
  expect(core.call[name](core.agent, 0, 0, 1n)).toBe(BAD_ID);
});

test("a counter's slot that was never used is no handle's", () => {
  const core = newCore();
  expect(core.call.poolCondition(core.addressOf(POOL, 1) >>> POOL_SHIFT, LIVE)).toBe(GONE);
});

test("refusals are counted up to 2^32-1, and no further", () => {
  const core = newCore();
  const counter = core.call.createCounter(core.agent, 0, true, true);
  const failures = ((counter << POOL_SHIFT) + POOL_FAILURES) / 4;
  const words = new Uint32Array(core.memory.buffer);
  words[failures] = 2 ** 32 - 2;
  const counts = [1, 2].map(() => {
    core.call.tryChargeCounter(counter, 2n ** 51n);
    return words[failures];
  });
  expect(counts).toEqual([2 ** 32 - 1, 2 ** 32 - 1]);
});

test("a lock that stays taken ends in EAGAIN, which says who holds it", () => {
  const core = newCore();
  hurryClock();
  core.call.lock(core.agent);
  const change = () => core.change(() => core.call.collect(core.agent, 0), "It");
  expectRefusal(change, "EAGAIN", `Thread ${threadId}`, `process ${process.pid}`, "10 s");
  core.call.unlock();
  expect(change()).toBe(0);
});

test("a lock whose owner can be no agent is not taken over", () => {
  const core = newCore();
  hurryClock();
  new Uint32Array(core.memory.buffer)[ARENA_LOCK / 4] = 0xffffffff;
  expectRefusal(() => core.detach(), "EAGAIN", "Nobody");
  core.call.unlock();
});

test("what was read while a record was freed is read again", () => {
  const core = newCore();
  const versions = new Uint32Array(core.memory.buffer);
  let reads = 0;
  const result = core.stable(() => {
    if (++reads < 3) versions[ARENA_VERSION / 4] = (versions[ARENA_VERSION / 4] ?? 0) + 1;
    return reads;
  });
  expect(result).toBe(3);
});

test("reading holds the lock once it failed often enough, and lets go of it", () => {
  const core = newCore();
  const versions = new Uint32Array(core.memory.buffer);
  const holders: number[] = [];
  core.stable(() => {
    versions[ARENA_VERSION / 4] = (versions[ARENA_VERSION / 4] ?? 0) + 1;
    holders.push(core.word(ARENA_LOCK));
  });
  expect(holders).toEqual([0, 0, 0, 0, 0, 0, 0, 0, core.agent]);
  expect(core.word(ARENA_LOCK)).toBe(0);
});

test("reading lets go of the lock also when it throws", () => {
  const core = newCore();
  const versions = new Uint32Array(core.memory.buffer);
  const read = () => {
    versions[ARENA_VERSION / 4] = (versions[ARENA_VERSION / 4] ?? 0) + 1;
    if (core.word(ARENA_LOCK) !== 0) throw new Error("in the middle");
  };
  expect(() => core.stable(read)).toThrow("in the middle");
  expect(core.word(ARENA_LOCK)).toBe(0);
});

test("after detaching every function refuses", () => {
  const core = newCore();
  expect(core.attached).toBe(true);
  core.detach();
  expect(core.attached).toBe(false);
  expectRefusal(() => core.call.mulDiv(1n, 1n, 1n), "ENODEV", "disposed of");
});

test("names keep what looks like a byte order mark", () => {
  const core = newCore();
  const bytes = new TextEncoder().encode("\uFEFFa");
  new Uint8Array(core.memory.buffer).set(bytes, 65000);
  core.words[64000 / 4] = bytes.length;
  expect(core.name(65000, 64000)).toBe("\uFEFFa");
});
