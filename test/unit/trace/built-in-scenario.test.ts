import { describe, expect, test } from "vitest";
import { ALLOCATES_IN_SYSTEM, type AllocationTrace } from "../../../src/trace/allocation-trace.ts";
import { builtInScenario, DERIVED, PUBLISHED } from "../../../src/trace/built-in-scenario.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

function traceOf(name: string): AllocationTrace {
  const tenant = builtInScenario().tenants.find((tenant) => tenant.name === name);
  if (tenant === undefined) throw new Error(`no ${name}`);
  return tenant.trace;
}

/** Bytes that a trace wants to have on the card after each of its events. */
function usage({ bytes, freed }: AllocationTrace): number[] {
  let held = 0;
  return [...freed].map((code, event) => {
    if (code !== ALLOCATES_IN_SYSTEM) held += code < 0 ? (bytes[event] as number) : -(bytes[code] as number);
    return held;
  });
}

/** Bytes that a trace puts into system memory by itself; the scenario's are never freed. */
function ownInSystem({ bytes, freed }: AllocationTrace): number {
  return bytes.reduce((sum, size, event) => sum + (freed[event] === ALLOCATES_IN_SYSTEM ? size : 0), 0);
}

describe("figures", () => {
  test("are those that were published", () => {
    expect(PUBLISHED).toMatchObject({ capacity: 8 * GiB, desktop: 2 * GiB, gameSystemOwn: 650 * MiB });
    expect(PUBLISHED.gameSystemUnprotected / GiB).toBeCloseTo(1.6, 3);
  });

  test("follow from each other", () => {
    expect(DERIVED).toEqual({ gameSpilled: 988 * MiB, gameWantsVram: 7132 * MiB, gameWantsAll: 7782 * MiB });
    expect(DERIVED.gameWantsAll - PUBLISHED.gameSystemOwn).toBe(DERIVED.gameWantsVram);
    expect(PUBLISHED.capacity - PUBLISHED.desktop + DERIVED.gameSpilled).toBe(DERIVED.gameWantsVram);
  });

  test("are named in what the output says of them", () => {
    const text = builtInScenario()
      .provenance.map((line) => `${line.kind}: ${line.text}`)
      .join("\n");
    for (const part of [PUBLISHED.source, "8 GiB", "2 GiB", "650 MiB", "1.6 GiB", "988 MiB", "made up: "])
      expect(text).toContain(part);
  });
});

describe("traces", () => {
  test("hold at the end what was published and derived", () => {
    expect(usage(traceOf("desktop")).at(-1)).toBe(PUBLISHED.desktop);
    expect(usage(traceOf("game")).at(-1)).toBe(DERIVED.gameWantsVram);
    expect(ownInSystem(traceOf("game"))).toBe(PUBLISHED.gameSystemOwn);
    expect(ownInSystem(traceOf("desktop"))).toBe(0);
  });

  test("never want more on the card than at the end", () => {
    expect(Math.max(...usage(traceOf("desktop")))).toBe(PUBLISHED.desktop);
    expect(Math.max(...usage(traceOf("game")))).toBe(DERIVED.gameWantsVram);
  });

  test("free nothing unknown", () => {
    for (const { trace } of builtInScenario().tenants) expect(trace).toMatchObject({ unknownFrees: 0, lostFrees: 0 });
  });

  test("are the same every time", () => {
    expect(builtInScenario()).toEqual(builtInScenario());
  });

  test("overlap in time, the desktop first", () => {
    const [desktop, game] = [traceOf("desktop").us ?? [], traceOf("game").us ?? []];
    expect(desktop[0]).toBeLessThan(game[0] as number);
    expect(desktop.at(-1)).toBeGreaterThan(game[0] as number);
    expect(desktop.at(-1)).toBeLessThan(game.at(-1) as number);
  });
});
