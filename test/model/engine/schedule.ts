import type { Move } from "./exploration.ts";

// A schedule as text: letters are agents, a number is how often. "A3 B A+ B!" is three steps of the first agent, one of
// the second, a store of the first is seen, the second dies.

const MARKS = { step: "", flush: "+", death: "!", refusal: "?" } as const;

export function writeSchedule(moves: readonly Move[]): string {
  const words: { text: string; count: number }[] = [];
  for (const { actor, kind } of moves) {
    const text = String.fromCharCode(65 + actor) + MARKS[kind];
    const last = words.at(-1);
    if (last?.text === text) last.count++;
    else words.push({ text, count: 1 });
  }
  return words.map(({ text, count }) => (count === 1 ? text : `${text}${count}`)).join(" ");
}

export function readSchedule(text: string): Move[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .flatMap((word) => {
      const [, letter = "", mark = "", count = "1"] = /^([A-H])([+!?]?)(\d*)$/.exec(word) ?? wrong(word);
      const kind = (Object.entries(MARKS).find(([, text]) => text === mark)?.[0] ?? "step") as Move["kind"];
      return Array.from({ length: Number(count || 1) }, () => ({ actor: letter.charCodeAt(0) - 65, kind }));
    });
}

function wrong(word: string): never {
  throw new Error(
    `${word} is no move of a schedule: it is a letter, one of + ! ? or nothing, and a number or nothing.`,
  );
}
