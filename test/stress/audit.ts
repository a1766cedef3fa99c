/** What a thread wrote down of one pool, and what the library said of it and of the pools above. */
export interface Holding {
  readonly path: string;
  readonly region: string;
  readonly bytes: number;
  readonly held: number;
  readonly usage: readonly { readonly path: string; readonly bytes: number }[];
}

export interface GivenTicket {
  readonly ticket: number;
  readonly bytes: number;
  readonly path: string;
  readonly region: string;
}

/** A thread's book at a moment when nobody moves. */
export interface Report {
  readonly holdings: readonly Holding[];
  readonly given: readonly GivenTicket[];
  readonly taken: readonly { readonly ticket: number; readonly bytes: number }[];
  /** Own tickets that the thread could not take back. */
  readonly missed: readonly number[];
}

/** A usage that the main thread read. */
export interface Sighting {
  readonly path: string;
  readonly region: string;
  readonly usage: number;
}

/** Compares what all threads wrote down with what the library says. Knows nothing of the library. */
export class Audit {
  readonly #open = new Map<number, GivenTicket>();

  /** @returns a line for each figure that is not what the books say */
  compare(reports: readonly Report[], sightings: readonly Sighting[]): string[] {
    const complaints = this.#settleTickets(reports);
    const sums = this.#sums(reports);
    const complain = (region: string, path: string, usage: number) => {
      const expected = sums.get(`${region} ${path}`) ?? 0;
      if (usage !== expected) complaints.push(`${path} ${region}: usage ${usage}, the books say ${expected}`);
    };
    for (const { path, region, usage } of sightings) complain(region, path, usage);
    for (const { path, region, bytes, held, usage } of reports.flatMap(({ holdings }) => holdings)) {
      if (held !== bytes) complaints.push(`${path} ${region}: held ${held}, the book says ${bytes}`);
      for (const level of usage) complain(region, level.path, level.bytes);
    }
    return complaints;
  }

  /** What is charged at or below each path. What is in a ticket is still charged. */
  #sums(reports: readonly Report[]): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { path, region, bytes } of [...reports.flatMap(({ holdings }) => holdings), ...this.#open.values()]) {
      for (const level of levels(path)) {
        sums.set(`${region} ${level}`, (sums.get(`${region} ${level}`) ?? 0) + bytes);
      }
    }
    return sums;
  }

  /** Each ticket is taken once at most, with what was given; a ticket that its giver missed was taken. */
  #settleTickets(reports: readonly Report[]): string[] {
    const complaints: string[] = [];
    for (const given of reports.flatMap((report) => report.given)) this.#open.set(given.ticket, given);
    for (const { ticket, bytes } of reports.flatMap(({ taken }) => taken)) {
      const given = this.#open.get(ticket);
      if (given?.bytes !== bytes) complaints.push(`ticket ${ticket}: ${given?.bytes} given, ${bytes} taken`);
      this.#open.delete(ticket);
    }
    for (const ticket of reports.flatMap(({ missed }) => missed)) {
      if (this.#open.has(ticket)) complaints.push(`ticket ${ticket}: refused to its giver, but nobody has it`);
    }
    return complaints;
  }
}

/** `"/a/b"`: `/`, `/a` and `/a/b`. */
function levels(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return ["/", ...names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`)];
}
