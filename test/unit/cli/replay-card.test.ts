import { describe, expect, onTestFinished, test } from "vitest";
import { Grain } from "../../../src/cli/grain.ts";
import { ReplayCard } from "../../../src/cli/replay-card.ts";
import { Dmem, type Semantics } from "../../../src/index.ts";
import { ALLOCATES, ALLOCATES_IN_SYSTEM } from "../../../src/trace/allocation-trace.ts";
import { ANSWER, type Answer } from "../../../src/trace/trace-player.ts";

interface Seat {
  readonly movable?: boolean;
  readonly min?: number;
  readonly low?: number;
  readonly max?: number;
}

const MOVABLE: Seat = { movable: true };
const UNMOVABLE: Seat = {};

/** A card of 100 bytes, unless another capacity is given, with a tenant for each seat. */
class Table {
  readonly card: ReplayCard;
  #requests = 0;

  constructor(seats: readonly Seat[], { capacity = 100, semantics = "intended" as Semantics } = {}) {
    const dmem = Dmem.create({ semantics });
    onTestFinished(() => dmem.dispose());
    const grain = new Grain(capacity);
    const region = dmem.registerRegion("vram", { size: grain.toPool(capacity) });
    const tenants = seats.map(({ movable = false, ...limits }, i) => {
      const cgroup = dmem.root.mkdir(`t${i}`);
      for (const [name, bytes] of Object.entries(limits)) {
        Object.assign(cgroup.pool(region), { [name]: grain.toPool(bytes) });
      }
      return { cgroup, movable };
    });
    this.card = new ReplayCard(dmem, region, { capacity, tenants });
  }

  allocate(tenant: number, bytes: number, freed = ALLOCATES): Answer {
    return this.card.serve(tenant, { number: this.#requests++, freed, bytes });
  }

  /** @param allocation the number of requests that were made before it */
  free(tenant: number, allocation: number): Answer {
    return this.card.serve(tenant, { number: this.#requests++, freed: allocation, bytes: 0 });
  }
}

describe("memory that cannot be moved", () => {
  test("is charged up to the capacity, and refused one byte above", () => {
    const table = new Table([UNMOVABLE]);
    expect(table.allocate(0, 100)).toBe(ANSWER.inVram);
    expect(table.allocate(0, 1)).toBe(ANSWER.refusedByCard);
    expect(table.card.figuresOf(0)).toMatchObject({ charged: 100, inSystem: 0 });
  });

  test("is refused by the tenant's own max, also where the card is full", () => {
    const table = new Table([{ max: 10 }, UNMOVABLE]);
    expect(table.allocate(0, 10)).toBe(ANSWER.inVram);
    expect(table.allocate(0, 1)).toBe(ANSWER.refusedByTenant);
    table.allocate(1, 90);
    expect(table.allocate(0, 1)).toBe(ANSWER.refusedByTenant);
  });

  test.each<Semantics>(["intended", "linux-7.3"])("is refused if it is larger than the card (%s)", (semantics) => {
    const table = new Table([UNMOVABLE], { semantics });
    expect(table.allocate(0, 101)).toBe(ANSWER.refusedByCard);
    expect(table.allocate(0, 2 ** 53 - 1)).toBe(ANSWER.refusedByCard);
    expect(table.allocate(0, 100)).toBe(ANSWER.inVram);
  });

  test("takes the place of what can be moved", () => {
    const table = new Table([UNMOVABLE, MOVABLE]);
    table.allocate(1, 60);
    table.allocate(1, 40);
    expect(table.allocate(0, 50)).toBe(ANSWER.inVram);
    expect(table.card.figuresOf(1)).toMatchObject({
      charged: 40,
      inSystem: 60,
      evicted: { buffers: 1, bytes: 60 },
      moved: { buffers: 1, bytes: 60 },
    });
  });

  test("takes the place of what is within low, but not within min", () => {
    const low = new Table([UNMOVABLE, { ...MOVABLE, low: 100 }]);
    low.allocate(1, 100);
    expect(low.allocate(0, 1)).toBe(ANSWER.inVram);
    const min = new Table([UNMOVABLE, { ...MOVABLE, min: 100 }]);
    min.allocate(1, 100);
    expect(min.allocate(0, 1)).toBe(ANSWER.refusedByCard);
    expect(min.card.figuresOf(1).evicted.buffers).toBe(0);
  });

  test("is never evicted", () => {
    const table = new Table([UNMOVABLE, { ...MOVABLE, low: 100, min: 100 }]);
    table.allocate(0, 100);
    expect(table.allocate(1, 1)).toBe(ANSWER.inSystem);
    expect(table.card.figuresOf(0)).toMatchObject({ charged: 100, inSystem: 0 });
  });
});

describe("memory that can be moved", () => {
  test("goes to system memory where the card is full, and evicts nothing", () => {
    const table = new Table([MOVABLE, MOVABLE]);
    table.allocate(0, 100);
    expect(table.allocate(1, 1)).toBe(ANSWER.inSystem);
    expect(table.card.figuresOf(0)).toMatchObject({ charged: 100, inSystem: 0 });
    expect(table.card.figuresOf(1)).toMatchObject({ charged: 0, inSystem: 1, moved: { buffers: 0 } });
  });

  test("goes to system memory beyond the tenant's max", () => {
    const table = new Table([{ ...MOVABLE, max: 10 }]);
    expect(table.allocate(0, 10)).toBe(ANSWER.inVram);
    expect(table.allocate(0, 1)).toBe(ANSWER.inSystem);
  });

  test("evicts what is unprotected while it is within low, the oldest first", () => {
    const table = new Table([{ ...MOVABLE, low: 50 }, MOVABLE]);
    for (const bytes of [30, 20, 50]) table.allocate(1, bytes);
    expect(table.allocate(0, 50)).toBe(ANSWER.inVram);
    expect(table.allocate(0, 1)).toBe(ANSWER.inSystem);
    expect(table.card.figuresOf(1)).toMatchObject({ charged: 50, inSystem: 50, evicted: { buffers: 2, bytes: 50 } });
  });

  test("may be larger than the card", () => {
    const table = new Table([MOVABLE]);
    expect(table.allocate(0, 2 ** 53 - 1)).toBe(ANSWER.inSystem);
    expect(table.card.figuresOf(0).inSystem).toBe(2 ** 53 - 1);
  });
});

test("puts into system memory what asks for it", () => {
  const table = new Table([UNMOVABLE, MOVABLE]);
  expect(table.allocate(0, 30, ALLOCATES_IN_SYSTEM)).toBe(ANSWER.inSystem);
  expect(table.allocate(1, 40, ALLOCATES_IN_SYSTEM)).toBe(ANSWER.inSystem);
  expect(table.card.figuresOf(0)).toMatchObject({ charged: 0, inSystem: 30 });
  expect(table.card.figures).toEqual({ charged: 0, peak: 0 });
});

test("frees wherever the memory is, once", () => {
  const table = new Table([MOVABLE, UNMOVABLE]);
  table.allocate(0, 60);
  table.allocate(0, 40);
  table.allocate(1, 50);
  expect([table.free(0, 0), table.free(0, 1), table.free(1, 2)]).toEqual(Array(3).fill(ANSWER.freed));
  expect(table.card.figuresOf(0)).toMatchObject({ charged: 0, inSystem: 0, evicted: { bytes: 60 } });
  expect(table.card.figures.charged).toBe(0);
  expect(table.free(0, 0)).toBe(ANSWER.nothingToFree);
});

test("has nothing to free of what was refused", () => {
  const table = new Table([UNMOVABLE]);
  table.allocate(0, 101);
  expect(table.free(0, 0)).toBe(ANSWER.nothingToFree);
});

test("takes no room for no bytes", () => {
  const table = new Table([UNMOVABLE]);
  table.allocate(0, 100);
  expect(table.allocate(0, 0)).toBe(ANSWER.inVram);
  expect(table.allocate(0, 0, ALLOCATES_IN_SYSTEM)).toBe(ANSWER.inSystem);
  expect([table.free(0, 1), table.free(0, 2)]).toEqual([ANSWER.freed, ANSWER.freed]);
});

test("has peaks of what was held, whatever was asked for", () => {
  const table = new Table([UNMOVABLE, UNMOVABLE]);
  table.allocate(0, 60);
  table.allocate(1, 30);
  table.allocate(1, 30);
  table.free(0, 0);
  expect(table.card.figures).toEqual({ charged: 30, peak: 90 });
  expect([table.card.figuresOf(0).peak, table.card.figuresOf(1).peak]).toEqual([60, 30]);
});

test("protects groups from each other in the semantics intended only", () => {
  const evicted = (semantics: Semantics): number => {
    const table = new Table([UNMOVABLE, { ...MOVABLE, min: 100 }], { semantics });
    table.allocate(1, 100);
    table.allocate(0, 1);
    return table.card.figuresOf(1).evicted.buffers;
  };
  expect([evicted("intended"), evicted("linux-7.3")]).toEqual([0, 1]);
});
