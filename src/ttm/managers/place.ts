import type { PageRange } from "./page-range.ts";

/**
 * Where a buffer may be: one entry of a placement.
 *
 * `desired` and `fallback` divide the entries between the two attempts at placing a buffer; an entry with neither
 * takes part in both. The pages `first` to `end - 1` are the window: all of the buffer must be inside.
 */
export interface Place {
  /** The name of a manager: `"system"`, `"tt"`, `"vram"`, … */
  readonly type: string;
  /** Considered in the first attempt only, which evicts nothing unless the owner's protection calls for it. */
  readonly desired?: boolean;
  /** Considered in the second attempt only, which evicts. */
  readonly fallback?: boolean;
  /** In one range of pages. Only a buddy manager hands out several otherwise. */
  readonly contiguous?: boolean;
  /** From the highest addresses down. */
  readonly topDown?: boolean;
  /** The first page of the window, 0 if it is not given. */
  readonly first?: number;
  /** The page behind the window, the manager's end if it is not given. */
  readonly end?: number;
}

/** Places in order of preference. An empty placement asks for no backing at all. */
export type Placement = readonly Place[];

/** A place's window in a manager of so many pages. */
export function windowOf({ first = 0, end }: Place, pages: number): PageRange {
  return { first, end: end ?? pages };
}

/** How large that is. */
export function windowPages(place: Place, pages: number): number {
  const { first, end } = windowOf(place, pages);
  return end - first;
}
