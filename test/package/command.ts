import { spawnSync } from "node:child_process";

/** Runs a program with this Node and returns what it printed; one that fails is an error with all that it said. */
export function runNode(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
