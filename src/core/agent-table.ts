import {
  ACCOUNT,
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
  POOL_REGION,
  POOL_STAMP,
  REGION,
  REGION_NAME,
  REGION_NAME_LENGTH,
  STAMP_SHIFT,
  TICKET,
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
import { Records } from "./records.ts";

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

class AgentTable extends Records {
  readonly #locks: ByteLocks;

  constructor(memory: WebAssembly.Memory, locks: ByteLocks) {
    super(memory);
    this.#locks = locks;
  }

  read(): AgentStatus[] {
    const slots = Array.from({ length: this.capacityOf(AGENT) }, (_, i) => i + 1);
    const used = slots.filter((slot) => this.word(this.addressOf(AGENT, slot) + AGENT_STATE) !== AGENT_FREE);
    return used.map((slot) => {
      const agent = this.addressOf(AGENT, slot);
      return {
        slot,
        process: this.word(agent + AGENT_PROCESS),
        thread: this.word(agent + AGENT_THREAD),
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
    for (const id of this.list(ACCOUNT, agent + AGENT_FIRST_ACCOUNT, ACCOUNT_NEXT)) {
      const account = this.addressOf(ACCOUNT, id);
      const pool = this.word(account + ACCOUNT_POOL);
      if (this.word(account + ACCOUNT_USE) !== this.word(pool + POOL_STAMP) >>> STAMP_SHIFT) continue;
      add(pool, this.#amount(account + ACCOUNT_CHARGED) - (this.word(account + ACCOUNT_STOCK) | 0));
    }
    for (const id of this.list(TICKET, agent + AGENT_FIRST_TICKET, TICKET_NEXT)) {
      const ticket = this.addressOf(TICKET, id);
      add(this.word(ticket + TICKET_POOL), this.#amount(ticket + TICKET_BYTES));
    }
    return holds;
  }

  #regionOf(pool: number): string {
    const region = this.addressOf(REGION, this.word(pool + POOL_REGION) & 0xffff);
    return this.name(region + REGION_NAME, region + REGION_NAME_LENGTH);
  }

  #amount(address: number): number {
    return Number(BigInt.asIntN(64, this.long(address)));
  }
}
