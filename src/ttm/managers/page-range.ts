/** Pages `first` to `end - 1`. */
export interface PageRange {
  readonly first: number;
  readonly end: number;
}

export function isInside(inner: PageRange, outer: PageRange): boolean {
  return outer.first <= inner.first && inner.end <= outer.end;
}

export function meets(a: PageRange, b: PageRange): boolean {
  return a.first < b.end && b.first < a.end;
}

/** The number of pages that both have. */
export function commonPages(a: PageRange, b: PageRange): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.first, b.first));
}

/** The pages that both have. There must be some. */
export function intersection(a: PageRange, b: PageRange): PageRange {
  return { first: Math.max(a.first, b.first), end: Math.min(a.end, b.end) };
}

/** `pages` pages of the range: its lowest, or its highest. */
export function cut({ first, end }: PageRange, pages: number, topDown: boolean): PageRange {
  return topDown ? { first: end - pages, end } : { first, end: first + pages };
}
