import { OPTION_DRM_FILES, OPTION_MANUAL_SUBTREE } from "../../assembly/abi.ts";
import type { Arrangement } from "../core/arena.ts";
import type { Access } from "../core/arena-file.ts";
import { show } from "../core/bytes.ts";
import { type Capacity, completeCapacity } from "../core/capacity.ts";
import { DmemError, rangeError } from "../core/errors.ts";
import { rulesOf, type Semantics, semanticsOf } from "../core/semantics.ts";

/** What is decided when a controller is made, for all who attach to it. */
export interface DmemOptions {
  /** Default `"intended"`. */
  readonly semantics?: Semantics;
  /** The interface files: `dmem` as Linux 7.3 has them (default), or `drm` as the RFC proposed them. */
  readonly controller?: "dmem" | "drm";
  /**
   * `"auto"` (default): every new group has the controller. `"manual"`: as in cgroup v2, see `cgroup.subtree_control`.
   */
  readonly subtreeControl?: "auto" | "manual";
  /** How much there is room for. */
  readonly capacity?: Partial<Capacity>;
}

/** How a controller in a file is opened. Whoever finds one there may leave out what was decided when it was made. */
export interface OpenOptions extends DmemOptions {
  /**
   * `"user"` (default): the file is for this user alone, and one of another user is refused. `"group"`: a new file can
   * be used by everybody in its group, and one of another user is trusted if this process is in the file's group.
   */
  readonly access?: Access;
  /** Whether a controller is made where there is no file. Default true; otherwise `ENOENT`. */
  readonly create?: boolean;
}

/** What the options come to, with defaults for those that are not given. */
export function arrangementFor(options: DmemOptions): Arrangement {
  const { semantics = "intended", controller = "dmem", subtreeControl = "auto" } = options;
  requireOneOf("controller", controller, ["dmem", "drm"]);
  requireOneOf("subtreeControl", subtreeControl, ["auto", "manual"]);
  return {
    capacity: completeCapacity(options.capacity),
    rules: rulesOf(semantics),
    options: (controller === "drm" ? OPTION_DRM_FILES : 0) | (subtreeControl === "manual" ? OPTION_MANUAL_SUBTREE : 0),
  };
}

/** Complains about options that were given and are not those of the arena that is there. */
export function requireSame(options: DmemOptions, made: Arrangement, subject: string): void {
  const here: Readonly<Record<string, unknown>> = {
    semantics: semanticsOf(made.rules),
    controller: (made.options & OPTION_DRM_FILES) === 0 ? "dmem" : "drm",
    subtreeControl: (made.options & OPTION_MANUAL_SUBTREE) === 0 ? "auto" : "manual",
  };
  const { semantics, controller, subtreeControl, capacity = {} } = options;
  const wanted = [
    ...Object.entries({ semantics, controller, subtreeControl }).map(([name, value]) => [name, value, here[name]]),
    ...Object.entries(capacity).map(([name, value]) => [
      `capacity.${name}`,
      value,
      made.capacity[name as keyof Capacity],
    ]),
  ] as const;
  for (const [name, value, present] of wanted) {
    if (value === undefined || value === present) continue;
    throw new DmemError("EINVAL", `${subject} was made with ${name} ${show(present)}, not ${show(value)}.`);
  }
}

export function requireOneOf(option: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw rangeError(`${option} is ${allowed.map(show).join(" or ")}, not ${show(value)}.`);
}
