import { threadId } from "node:worker_threads";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { AGENT, ARENA_LOCK, ARENA_VERSION, BUSY, CGROUP, POOL } from "../../assembly/abi.ts";
import { completeCapacity } from "../../src/core/capacity.ts";
import { Core } from "../../src/core/core.ts";
import { expectRefusal } from "./refusal.ts";

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
