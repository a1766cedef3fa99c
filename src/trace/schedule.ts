import { sharedInts } from "./allocation-trace.ts";
import { TraceError } from "./trace-error.ts";

/**
 * How the events of several tenants follow each other. The order within one tenant is always that of its trace.
 *
 * - `clock`: by the times of the recordings, which are taken to be of one clock
 * - `start`: by the time since each recording's first event, as if all had begun together
 * - `turns`: one event each, round and round
 */
export type Order = "clock" | "start" | "turns";
export const ORDERS: readonly Order[] = ["clock", "start", "turns"];

/** What a schedule has to know of a tenant's trace. */
export interface Timeline {
  /** What the errors call it. */
  readonly name: string;
  readonly events: number;
  /** Microseconds, never falling; `null` without times. */
  readonly us: Float64Array | null;
}

/**
 * Whose turn it is, and for how many events: run `i` is `lengths[i]` events of tenant `owners[i]`. In shared memory.
 */
export interface Schedule {
  readonly owners: Int32Array;
  readonly lengths: Int32Array;
}

/** The order that is used where nobody chose one: by the clock if every trace has times, otherwise in turns. */
export function defaultOrder(timelines: readonly Timeline[]): Order {
  return timelines.every(({ us }) => us !== null) ? "clock" : "turns";
}

/** Whether there is a moment at which every one of the traces was being recorded. */
export function overlap(timelines: readonly Timeline[]): boolean {
  const recorded = timelines.filter(({ events }) => events > 0);
  const starts = recorded.map(({ us }) => us?.[0] ?? 0);
  const ends = recorded.map(({ us, events }) => us?.[events - 1] ?? 0);
  return recorded.length === 0 || Math.max(...starts) <= Math.min(...ends);
}

/**
 * Merges the events of all tenants into runs. Where two are equally early, the first tenant goes first.
 *
 * Cost: events times tenants.
 *
 * @throws {TraceError} if the order needs times and a trace has none
 */
export function makeSchedule(timelines: readonly Timeline[], order: Order): Schedule {
  const keys = timelines.map((timeline) => eventKeys(timeline, order));
  const next = timelines.map(() => 0);
  const total = timelines.reduce((sum, { events }) => sum + events, 0);
  const [owners, lengths] = [new Int32Array(total), new Int32Array(total)];
  let runs = 0;
  for (let event = 0; event < total; event++) {
    const owner = earliest(timelines, keys, next);
    (next[owner] as number)++;
    if (runs === 0 || owners[runs - 1] !== owner) owners[runs++] = owner;
    (lengths[runs - 1] as number)++;
  }
  return { owners: sharedInts(owners.subarray(0, runs)), lengths: sharedInts(lengths.subarray(0, runs)) };
}

/** The sort key of each of a tenant's events, by its number. */
function eventKeys({ name, us }: Timeline, order: Order): (event: number) => number {
  if (order === "turns") return (event) => event;
  if (us === null)
    throw new TraceError(
      `the order "${order}" needs times, and the trace of ${JSON.stringify(name)} has none; allowed: turns`,
    );
  const origin = order === "start" ? (us[0] ?? 0) : 0;
  return (event) => (us[event] as number) - origin;
}

function earliest(
  timelines: readonly Timeline[],
  keys: readonly ((event: number) => number)[],
  next: readonly number[],
): number {
  let [best, bestKey] = [-1, Number.POSITIVE_INFINITY];
  for (const [tenant, key] of keys.entries()) {
    const event = next[tenant] as number;
    if (event >= (timelines[tenant] as Timeline).events) continue;
    const time = key(event);
    if (best < 0 || time < bestKey) [best, bestKey] = [tenant, time];
  }
  return best;
}
