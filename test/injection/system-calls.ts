import { constants } from "node:os";
import type { Native } from "../../src/core/native.ts";
import { CountedFault } from "./fault.ts";

// For tests that mock `node:fs` and the addon by what is here. Whatever fails, fails with EIO: no code expects that.

const { EIO } = constants.errno;

/** Every call that a file or the addon is asked for is one place. */
class SystemCalls extends CountedFault {
  /** Those that were made to fail. */
  failed: string[] = [];
  #isArmed = false;
  #meanwhile: { readonly call: string; readonly act: () => void } | null = null;

  override arm(nth: number): void {
    super.arm(nth);
    this.#isArmed = true;
  }

  override disarm(): void {
    super.disarm();
    this.#isArmed = false;
  }

  /** Has something be done before the next call of that name once it is armed: as another process might. */
  before(call: string, act: () => void): void {
    this.#meanwhile = { call, act };
  }

  failsAt(call: string): boolean {
    if (!this.#isArmed) return false;
    if (call === this.#meanwhile?.call) this.#doMeanwhile(this.#meanwhile.act);
    const fails = this.strikes();
    if (fails) this.failed.push(call);
    return fails;
  }

  #doMeanwhile(act: () => void): void {
    this.#meanwhile = null;
    this.#isArmed = false;
    act();
    this.#isArmed = true;
  }
}

export const systemCalls = new SystemCalls();

type Call = (...values: never[]) => unknown;

/** The functions of `node:fs` that return when they are done. */
export function failingFiles<T extends object>(fs: T): T {
  return failing(
    fs,
    (name) => name.endsWith("Sync"),
    (name) => {
      throw Object.assign(new Error(`EIO: i/o error, ${name}`), { errno: -EIO, code: "EIO", syscall: name });
    },
  );
}

export function failingAddon(addon: Native): Native {
  return failing(
    addon,
    () => true,
    (name) => (name === "hold" ? -EIO : EIO),
  );
}

/** What closes a descriptor has done so when it fails: it is gone in any case. (close(2)) */
const CLOSING = ["closeSync", "drop"];

function failing<T extends object>(
  functions: T,
  isCall: (name: string) => boolean,
  fail: (name: string) => unknown,
): T {
  const wrap = (name: string, call: Call): Call => {
    return (...values) => {
      if (!systemCalls.failsAt(name)) return call(...values);
      if (CLOSING.includes(name)) call(...values);
      return fail(name);
    };
  };
  const wrapped = Object.entries(functions).map(([name, call]) => [name, isCall(name) ? wrap(name, call) : call]);
  return Object.fromEntries(wrapped) as T;
}
