import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import type { Bell } from "./bell.ts";

/** The longest path that a Unix socket can have, in bytes. (unix(7)) */
const PATH_MAX = 107;

/** What a bell needs to know of its agent. */
export interface BellSite {
  /** The file that the arena lies in. */
  readonly path: string;
  /** Permissions of that file: whoever may use it may ring. */
  readonly mode: number;
  readonly agent: () => number;
}

/**
 * A bell that other processes reach: a Unix socket beside the arena's file, which is connected to and nothing more.
 * Within a process a word of the arena is quicker; that bell rings as well. Where the path is too long for a socket,
 * the others find out when they next look.
 */
export class SocketBell implements Bell {
  readonly #inner: Bell;
  readonly #site: BellSite;
  #server: Server | null = null;

  constructor(inner: Bell, site: BellSite) {
    this.#inner = inner;
    this.#site = site;
  }

  listen(answer: () => void): void {
    this.#inner.listen(answer);
    const path = this.#pathOf(this.#site.agent());
    if (this.#server !== null || path === null) return;
    rmSync(path, { force: true }); // of the slot's last agent, if that was killed
    this.#server = createServer((caller) => {
      caller.destroy();
      answer();
    });
    this.#server.on("error", () => this.#closeServer());
    this.#server.listen(path).unref();
    try {
      chmodSync(path, this.#site.mode);
    } catch {
      this.#closeServer(); // it could not be made: the folder is read-only, or full
    }
  }

  ring(agent: number): void {
    this.#inner.ring(agent);
    const path = this.#pathOf(agent);
    if (path === null || agent === this.#site.agent()) return;
    const caller = connect(path, () => caller.destroy());
    caller.on("error", () => caller.destroy()); // nobody listens there, or no more
    caller.unref();
  }

  close(): void {
    this.#inner.close();
    this.#closeServer();
  }

  #closeServer(): void {
    this.#server?.close(); // and removes the socket
    this.#server = null;
  }

  #pathOf(agent: number): string | null {
    const path = bellPath(this.#site.path, agent);
    return Buffer.byteLength(path) > PATH_MAX ? null : path;
  }
}

/** Where an agent of the arena in that file is called. */
export function bellPath(file: string, agent: number): string {
  return `${file}.bell${agent}`;
}
