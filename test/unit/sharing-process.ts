import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const PROGRAM = fileURLToPath(new URL("sharing-process.mjs", import.meta.url));

/** A process that joined a controller. It is gone when the test ends. */
export class SharingProcess {
  readonly child: ChildProcess;

  private constructor(path: string, role: "alone" | "with a thread") {
    this.child = fork(PROGRAM, [path, role]);
    onTestFinished(() => void this.child.kill("SIGKILL"));
  }

  static async start(path: string, role: "alone" | "with a thread" = "alone"): Promise<SharingProcess> {
    const started = new SharingProcess(path, role);
    const ended = once(started.child, "exit").then(([code]) => Promise.reject(new Error(`It ended with ${code}.`)));
    await Promise.race([once(started.child, "message"), ended]);
    ended.catch(() => {});
    return started;
  }

  async ask(action: string, argument?: unknown): Promise<unknown> {
    const answer = once(this.child, "message");
    this.child.send([action, argument]);
    return (await answer)[0];
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const end = once(this.child, "exit");
    this.child.kill(signal);
    await end;
  }

  async exit(): Promise<void> {
    const end = once(this.child, "exit");
    this.child.send(["exit"]);
    await end;
  }
}
