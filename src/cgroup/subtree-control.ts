import { DmemError } from "../core/errors.ts";
import type { Cgroup } from "./cgroup.ts";
import { controllerName } from "./files.ts";
import type { Tree } from "./tree.ts";

// Which groups the controller has state for. (Linux Documentation/admin-guide/cgroup-v2.rst, "Controlling Controllers")

export function readControllers(tree: Tree, cgroup: Cgroup): string {
  return cgroup.controlled ? `${controllerName(tree)}\n` : "";
}

export function readSubtreeControl(tree: Tree, cgroup: Cgroup): string {
  return cgroup.delegates ? `${controllerName(tree)}\n` : "";
}

/** `+dmem` hands the controller to all children, `-dmem` takes it from them; of several, the last one counts. */
export function writeSubtreeControl(tree: Tree, cgroup: Cgroup, bytes: Uint8Array): void {
  // Stryker disable next-line StringLiteral: whatever is split has a first part
  const [text = ""] = Buffer.from(bytes).toString("latin1").split("\0", 1);
  const words = text.split(/\s/).filter((word) => word !== "");
  for (const word of words) requireController(tree, word);
  const last = words.at(-1);
  if (last === undefined) return;
  const { core } = tree;
  const attempt = () => core.call.delegate(core.agent, cgroup.id, cgroup.generation, last.startsWith("+"));
  core.change(attempt, `"${cgroup.path}"`);
}

function requireController(tree: Tree, word: string): void {
  const name = controllerName(tree);
  if (word === `+${name}` || word === `-${name}`) return;
  throw new DmemError("EINVAL", `cgroup.subtree_control takes +${name} or -${name}, not ${JSON.stringify(word)}.`);
}
