import type { Operation } from "./operation.ts";
import { answer, type Cgroup, type Dmem, type Pool, type Region, type Subject } from "./subject.ts";
import { isDevice, isRegion, type Surroundings, TracedDevice } from "./traced-device.ts";
import type { TtmSubject } from "./ttm-subject.ts";
import type { Scenario } from "./vectors.ts";

const EBUSY = -16;
const VALUE_FILES = ["current", "peak", "min", "low", "max"];

/** A charge made without a device. */
interface RawCharge {
  readonly region: number;
  readonly pool: Pool;
  readonly size: number;
}

/** Everything in the scenario of a trace: the groups, the regions, the charges, the devices. */
export class TtmWorld {
  readonly dmem: Dmem;
  readonly devices: readonly TracedDevice[];
  readonly charges = new Map<number, RawCharge>();
  /** What the driver was asked to do since the last look. */
  readonly #events: (() => unknown)[] = [];
  /** The regions without a device, by the number that the trace gives them. */
  readonly #raw = new Map<number, Region>();

  constructor(subject: Pick<Subject, "Dmem"> & TtmSubject, scenario: Scenario) {
    const [reset] = scenario.operations;
    const regions = reset?.list("regions", isRegion) ?? [];
    const devices = reset?.list("devs", isDevice) ?? [];
    this.dmem = subject.Dmem.create({
      semantics: "linux-7.3",
      subtreeControl: "manual",
      capacity: capacityFor(scenario, regions.length),
    });
    const memory = new Map<string, Region>();
    for (const { name, bytes, raw } of regions) {
      const region = this.dmem.registerRegion(name, { size: bytes });
      memory.set(name, region);
      if (raw !== undefined) this.#raw.set(raw, region);
    }
    const surroundings: Surroundings = {
      dmem: this.dmem,
      page: reset?.id("page") ?? 0,
      regions: memory,
      nameOf: (pool) => this.nameOf(pool),
      tell: (event) => this.#events.push(event),
    };
    this.devices = devices.map((each, index) => new TracedDevice(subject, [index, each], surroundings));
  }

  close(): void {
    for (const device of this.devices) device.dispose();
    this.dmem.dispose();
  }

  /**
   * The group in which a process is started, or the error number of an attempt that fails. The library has no
   * processes, so this rule is the replayer's own.
   */
  spawn(path: string): Cgroup | number {
    const cgroup = answer(() => this.dmem.cgroup(path));
    if (typeof cgroup === "number" || cgroup.parent === null) return cgroup;
    return cgroup.read("cgroup.subtree_control").includes("dmem") ? EBUSY : cgroup;
  }

  mkdir(path: string): void {
    const slash = path.lastIndexOf("/");
    this.dmem.cgroup(path.slice(0, slash) || "/").mkdir(path.slice(slash + 1));
  }

  rawRegion(index: number, operation: Operation): Region {
    return this.#raw.get(index) ?? operation.missing(`raw region ${index}`);
  }

  registerRaw(index: number, size: number): void {
    this.#raw.set(index, this.dmem.registerRegion(`raw/r${index}`, { size }));
  }

  /** What a handle names: `cN`, `bD.N`, `A:x,y` or `-`, which is `null`; `undefined` if there is no such thing. */
  pool(handle: string): Pool | null | undefined {
    const [, kind = "", rest = ""] = /^(-|c|b|A:)(.*)$/.exec(handle) ?? [];
    if (kind === "-") return null;
    if (kind === "c") return this.charges.get(Number(rest))?.pool;
    if (kind === "A:") return this.#commonAncestor(rest);
    const [device, id] = rest.split(".").map(Number);
    return this.devices[device ?? -1]?.buffer(id ?? -1)?.pool ?? undefined;
  }

  /** How a trace calls the group of a pool: `dead:` is before it if the group does not account there any more. */
  nameOf(pool: Pool): string {
    const { cgroup } = pool;
    const dead = pool.retired;
    return `${dead ? "dead:" : ""}${cgroup.path}`;
  }

  /** What the driver was asked to do since the last call. */
  takeEvents(): unknown[] {
    return this.#events.splice(0).map((event) => event());
  }

  /** The state as a trace has it after each operation. */
  state(): Readonly<Record<string, unknown>> {
    const { root } = this.dmem;
    const groups = root.children.flatMap(subtree);
    return {
      root_current: this.#values(root, "current"),
      cg: Object.fromEntries(groups.map((group) => [group.path, this.#files(group)])),
      dev: this.devices.map((device) => device.state()),
      raw: this.#rawState(),
    };
  }

  #commonAncestor(handles: string): Pool | null | undefined {
    const [a, b] = handles.split(",").map((each) => this.pool(each));
    if (a === undefined || b === undefined) return undefined;
    return a === null || b === null ? null : a.commonAncestor(b);
  }

  #files(group: Cgroup): Record<string, unknown> {
    return Object.fromEntries(VALUE_FILES.map((file) => [file, this.#values(group, file)]));
  }

  /** The numbers in a file, in the order of regions; `null` if the file does not exist. */
  #values(group: Cgroup, file: string): unknown {
    const text = answer(() => group.read(`dmem.${file}`));
    if (typeof text === "number") return null;
    const lines = text.split("\n").slice(0, -1);
    const names = this.dmem.regions.map(({ name }) => name);
    return lines.map((line, index) => {
      const value = line.slice(`${names[index]} `.length);
      if (line !== `${names[index]} ${value}`) return line;
      return value === "max" ? value : Number(value);
    });
  }

  #rawState(): unknown[] {
    const charges = [...this.charges].sort(([a], [b]) => a - b);
    return charges.map(([id, { region, size, pool }]) => ({ id, region, size, cg: this.nameOf(pool) }));
  }
}

function capacityFor({ operations }: Scenario, registered: number) {
  const count = (...names: string[]) => operations.filter(({ name }) => names.includes(name)).length;
  const cgroups = 1 + count("mkdir");
  const regions = Math.max(1, registered + count("reg"));
  // Whenever the controller is switched, what is charged stays with a pool of its own.
  return { cgroups, regions, pools: cgroups * regions * (1 + count("write")) };
}

function subtree(group: Cgroup): Cgroup[] {
  return [group, ...group.children.flatMap(subtree)];
}
