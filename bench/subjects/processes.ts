import { type ChildProcess, execFile, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DEEPEST } from "./groups.ts";

const CHARGING = fileURLToPath(new URL("charging-process.mjs", import.meta.url));
const JOINING = fileURLToPath(new URL("joining-process.mjs", import.meta.url));

/** A process that charges when it is told to, in a controller with so many groups; in a file if one is named. */
export class ChargingProcess {
  readonly #child: ChildProcess;
  readonly #ready: Promise<unknown>;

  constructor(groups: number, ...file: readonly string[]) {
    this.#child = fork(CHARGING, [`${groups}`, `${DEEPEST}`, ...file]);
    this.#ready = this.#answer();
  }

  /** See the answers in charging-process.mjs. */
  async ask(...what: readonly [string, ...unknown[]]): Promise<number> {
    await this.#ready;
    this.#child.send(what);
    return (await this.#answer()) as number;
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`The process ended with ${code}.`));
      this.#child.once("exit", ended);
      this.#child.once("message", (answer) => {
        this.#child.off("exit", ended);
        resolve(answer);
      });
    });
  }
}

/** Has a process join the controller in a file and charge a page; `milliseconds` is what the joining took there. */
export async function join(path: string, group: string): Promise<{ milliseconds: number; held: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [JOINING, path, group]);
  return JSON.parse(stdout);
}
