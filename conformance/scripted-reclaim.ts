import { getSystemErrorName } from "node:util";
import type { DmemWorld } from "./dmem-world.ts";
import { isObject, type Operation, written } from "./operation.ts";
import type { Pool, Reclaim, Region } from "./subject.ts";

/** A call of the callback, as a vector lists it. */
interface Call {
  readonly pool: unknown;
  readonly target: unknown;
  readonly priv: unknown;
  readonly free: readonly number[];
  readonly ret: number;
}

// For a call too many: it ends the calls, and as no vector has this answer, the comparison shows it.
const NOT_IN_THE_SCRIPT: Pick<Call, "free" | "ret"> = { free: [], ret: Number.NaN };

/** Stands in for the driver while `max` is written: frees and answers what the vector says, and sends the signal. */
export class ScriptedReclaim {
  /** The calls that were made. */
  readonly calls: Call[] = [];
  readonly #world: DmemWorld;
  readonly #operation: Operation;
  readonly #script: readonly Call[];
  readonly #signalAfter: number;
  readonly #abort = new AbortController();

  constructor(world: DmemWorld, operation: Operation) {
    this.#world = world;
    this.#operation = operation;
    this.#script = operation.list("reclaim", isCall);
    this.#signalAfter = "signal_after" in operation.json ? operation.id("signal_after") : Infinity;
    this.#interrupt();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  readonly reclaim: Reclaim = (pool: Pool, target: number, region: Region) => {
    const { free, ret } = this.#script[this.calls.length] ?? NOT_IN_THE_SCRIPT;
    const call = {
      pool: this.#world.idOf(pool),
      target: written(BigInt(target)),
      priv: this.#world.regionIdOf(region),
    };
    this.calls.push({ ...call, free, ret });
    for (const handle of free) this.#world.uncharge(handle, this.#operation);
    this.#interrupt();
    return answered(ret);
  };

  #interrupt(): void {
    if (this.calls.length >= this.#signalAfter) this.#abort.abort();
  }
}

function answered(ret: number): string | undefined {
  if (ret === 0) return undefined;
  return ret < 0 ? getSystemErrorName(ret) : "POSITIVE";
}

function isCall(value: unknown): value is Call {
  return (
    isObject(value) && Array.isArray(value.free) && value.free.every(Number.isInteger) && Number.isInteger(value.ret)
  );
}
