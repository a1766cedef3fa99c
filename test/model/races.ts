/** A schedule that shows a race of docs/CONCURRENCY.md at its narrowest; what comes after it does not matter. */
export interface Race {
  readonly program: string;
  readonly schedule: string;
  /** What the agents' calls come to. */
  readonly answers: string;
}

export const RACES: readonly Race[] = [
  {
    program: "two charges of one counter with room for one",
    schedule: "A B A B",
    answers: '[["charged","returned"],["refused"]]',
  },
  {
    program: "a charge beside one that is refused further up",
    schedule: "B A2 B",
    answers: '[["refused"],["refused"]]',
  },
  {
    program: "max is lowered if it holds, amid a charge",
    schedule: "A2 B A B A",
    answers: '[[-16],["refused","charged"]]',
  },
  {
    program: "a group is removed amid a charge, and collected after it",
    schedule: "A9 B2 A8",
    answers: '[[0],["charged","returned"]]',
  },
  {
    program: "a group is removed amid a charge, and collected after it",
    schedule: "A9 B A3 B",
    answers: '[[0],["gone"]]',
  },
  {
    program: "a pool's slot becomes another's amid a charge by an old handle",
    schedule: "A13 B A22 B",
    answers: '[[0,"made",-36],["gone"]]',
  },
  {
    program: "a group is looked for while it is removed and its slot becomes another's",
    schedule: "B2 A B5 A6 B2 A B",
    answers: '[[0,"made"],[2,0]]',
  },
  {
    program: "a charge that fits only with another's stock returned is not refused",
    schedule: "A13 B12",
    answers: '[["charged","charged"],["charged"]]',
  },
  {
    program: "two that keep stocks wait for each other's",
    schedule: "A14 B14 A4 B4",
    answers: '[["charged"],["charged"]]',
  },
  {
    program: "two adopt the same ticket",
    schedule: "A B2 A2 B14",
    answers: "[[-15],[4]]",
  },
  {
    program: "death amid a return",
    schedule: "A9 B11 A! C13 B3 C9 B2",
    answers: '[[],["charged","returned"],[]]',
  },
  {
    program: "death while it takes another's stock off the shelf",
    schedule: "A6 A! B2",
    answers: '[[],["charged"],[]]',
  },
];
