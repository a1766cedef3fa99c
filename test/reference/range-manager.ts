// Best fit, plainly: all holes in the order in which they came into being, searched from one end to the other.

interface Range {
  readonly first: number;
  readonly end: number;
}

export interface ReferenceRequest {
  readonly pages: number;
  readonly window: Range;
  readonly topDown: boolean;
}

export class ReferenceRanges {
  /** Oldest first. */
  #holes: Range[];

  constructor(pages: number) {
    this.#holes = [{ first: 0, end: pages }];
  }

  get holes(): Range[] {
    return [...this.#holes].sort((a, b) => a.first - b.first);
  }

  allocate({ pages, window, topDown }: ReferenceRequest): Range | null {
    const fitting = this.#holes.filter((hole) => size(inside(hole, window)) >= pages);
    // Array.sort keeps equal ones in order, so that the last of them is the newest.
    fitting.sort(topDown ? (a, b) => a.first - b.first : (a, b) => size(b) - size(a));
    const hole = fitting.at(-1);
    if (hole === undefined) return null;
    const part = inside(hole, window);
    const first = topDown ? part.end - pages : part.first;
    this.#replace([hole], { first: hole.first, end: first }, { first: first + pages, end: hole.end });
    return { first, end: first + pages };
  }

  free({ first, end }: Range): void {
    const neighbours = this.#holes.filter((hole) => hole.end === first || hole.first === end);
    const bounds = [first, end, ...neighbours.flatMap((hole) => [hole.first, hole.end])];
    this.#replace(neighbours, { first: Math.min(...bounds), end: Math.max(...bounds) });
  }

  #replace(old: Range[], ...holes: Range[]): void {
    this.#holes = [...this.#holes.filter((hole) => !old.includes(hole)), ...holes.filter((hole) => size(hole) > 0)];
  }
}

function inside(a: Range, b: Range): Range {
  return { first: Math.max(a.first, b.first), end: Math.min(a.end, b.end) };
}

function size({ first, end }: Range): number {
  return end - first;
}
