import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";

const PROGRAM = fileURLToPath(new URL("sharing-process.mjs", import.meta.url));

/** A process that joined a controller. It is gone when the test ends. */
export class SharingProcess {
  readonly child: ChildProcess;
  #complaints = "";

  private constructor(path: string, role: "alone" | "with a thread") {
    this.child = fork(PROGRAM, [path, role], { stdio: ["ignore", "inherit", "pipe", "ipc"] });
    this.child.stderr?.on("data", (text) => {
      this.#complaints += text;
    });
    onTestFinished(() => void this.child.kill("SIGKILL"));
  }

  static async start(path: string, role: "alone" | "with a thread" = "alone"): Promise<SharingProcess> {
    const started = new SharingProcess(path, role);
    await started.#answer();
    return started;
  }

  async ask(action: string, argument?: unknown): Promise<unknown> {
    this.child.send([action, argument]);
    return this.#answer();
  }

  /** Stops it in whatever it is doing, and waits until it is. */
  async stop(): Promise<void> {
    this.child.kill("SIGSTOP");
    await vi.waitUntil(() => stateOf(this.child.pid) === "T");
  }

  resume(): void {
    this.child.kill("SIGCONT");
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const end = once(this.child, "exit");
    this.child.kill(signal);
    await end;
  }

  /** @returns what it ended with: a code or a signal */
  async end(how: "exit" | "abort" | "throw" = "exit"): Promise<unknown> {
    const end = once(this.child, "exit");
    this.child.send([how]);
    const [code, signal] = await end;
    return code ?? signal;
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (code: unknown, signal: unknown) =>
        reject(new Error(`It ended with ${code ?? signal}.\n${this.#complaints}`));
      this.child.once("exit", ended);
      this.child.once("message", (answer) => {
        this.child.off("exit", ended);
        resolve(answer);
      });
    });
  }
}

/** What Linux says of a process: the field behind its name in /proc. */
function stateOf(process: number | undefined): string | undefined {
  const text = readFileSync(`/proc/${process}/stat`, "latin1");
  return text.slice(text.lastIndexOf(")") + 2)[0];
}
