import {
  ACCOUNT_CHARGED,
  ACCOUNT_NEXT,
  ACCOUNT_POOL,
  ACCOUNT_STOCK,
  ACCOUNT_USE,
  AGENT,
  AGENT_FIRST_ACCOUNT,
  AGENT_FIRST_TICKET,
  AGENT_FREE,
  AGENT_PROCESS,
  AGENT_STATE,
  AGENT_THREAD,
  ARENA_SLOTS,
  POOL_REGION,
  POOL_STAMP,
  REGION,
  REGION_NAME,
  REGION_NAME_LENGTH,
  SLOTS_BASE,
  SLOTS_CAPACITY,
  SLOTS_SIZE,
  SLOTS_STRIDE,
  STAMP_SHIFT,
  TICKET_BYTES,
  TICKET_NEXT,
  TICKET_POOL,
} from "../../assembly/abi.ts";
import { bytesOf } from "./arena.ts";
import { type Access, close, identityOf, openFile, readHeader, subjectOf } from "./arena-file.ts";
import { ByteLocks } from "./byte-locks.ts";
import { DmemError } from "./errors.ts";
import { memoryOfFile } from "./mapping.ts";
import { native } from "./native.ts";

/** A thread that is attached, or was when it died. */
export interface AgentStatus {
  readonly slot: number;
  readonly process: number;
  /** The number that Node gives it in its process; 0 is the main thread. */
  readonly thread: number;
  readonly alive: boolean;
  /** Bytes by region, those that it is handing over included. Of the dead: what is not yet returned. */
  readonly holds: Readonly<Record<string, number>>;
}

/**
 * Looks at the agents of the arena in a file without attaching, so also when there is no slot left. Nothing is locked
 * or written: what agents change meanwhile is seen in part.
 */
export function readAgents(path: string, access: Access): AgentStatus[] {
  const descriptor = openFile(path, access);
  const gone = () => new DmemError("ENOENT", `${subjectOf(path)} does not exist.`);
  if (descriptor === null) throw gone();
  let locks: ByteLocks | null = null;
  try {
    const file = { ...identityOf(descriptor, path), bytes: bytesOf(readHeader(descriptor, path)) };
    const memory = memoryOfFile(native(), path, file);
    if (memory === null) throw gone();
    locks = new ByteLocks(native(), descriptor);
    return new AgentTable(memory, locks).read();
  } finally {
    locks?.close();
    close(descriptor);
  }
}

class AgentTable {
  readonly #view: DataView;
  readonly #locks: ByteLocks;

  constructor(memory: WebAssembly.Memory, locks: ByteLocks) {
    this.#view = new DataView(memory.buffer);
    this.#locks = locks;
  }

  read(): AgentStatus[] {
    const slots = Array.from(
      { length: this.#word(ARENA_SLOTS + AGENT * SLOTS_SIZE + SLOTS_CAPACITY) },
      (_, i) => i + 1,
    );
    const used = slots.filter((slot) => this.#word(this.#address(AGENT, slot) + AGENT_STATE) !== AGENT_FREE);
    return used.map((slot) => {
      const agent = this.#address(AGENT, slot);
      return {
        slot,
        process: this.#word(agent + AGENT_PROCESS),
        thread: this.#word(agent + AGENT_THREAD),
        alive: this.#locks.isAlive(slot),
        holds: Object.fromEntries(this.#holds(agent)),
      };
    });
  }

  #holds(agent: number): Map<string, number> {
    const holds = new Map<string, number>();
    const add = (pool: number, bytes: number) => {
      const name = this.#regionOf(pool);
      if (bytes !== 0) holds.set(name, (holds.get(name) ?? 0) + bytes);
    };
    this.#each(agent + AGENT_FIRST_ACCOUNT, ACCOUNT_NEXT, (account) => {
      const pool = this.#word(account + ACCOUNT_POOL);
      if (this.#word(account + ACCOUNT_USE) !== this.#word(pool + POOL_STAMP) >>> STAMP_SHIFT) return;
      add(pool, this.#long(account + ACCOUNT_CHARGED) - this.#view.getInt32(account + ACCOUNT_STOCK, true));
    });
    this.#each(agent + AGENT_FIRST_TICKET, TICKET_NEXT, (ticket) =>
      add(this.#word(ticket + TICKET_POOL), this.#long(ticket + TICKET_BYTES)),
    );
    return holds;
  }

  /** Visits a list that may change meanwhile, so at most as often as there could be records. */
  #each(first: number, next: number, visit: (address: number) => void): void {
    let address = this.#word(first);
    for (let left = this.#view.byteLength / ACCOUNT_NEXT; address !== 0 && left > 0; left--) {
      visit(address);
      address = this.#word(address + next);
    }
  }

  #regionOf(pool: number): string {
    const region = this.#address(REGION, this.#view.getUint16(pool + POOL_REGION, true));
    const start = region + REGION_NAME;
    const bytes = new Uint8Array(this.#view.buffer, start, this.#word(region + REGION_NAME_LENGTH));
    return new TextDecoder().decode(bytes.slice());
  }

  #address(kind: number, id: number): number {
    const entry = ARENA_SLOTS + kind * SLOTS_SIZE;
    return this.#word(entry + SLOTS_BASE) + (id - 1) * this.#word(entry + SLOTS_STRIDE);
  }

  #word(address: number): number {
    return this.#view.getUint32(address, true);
  }

  #long(address: number): number {
    return Number(this.#view.getBigInt64(address, true));
  }
}
