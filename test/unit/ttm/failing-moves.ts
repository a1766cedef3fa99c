import type { BufferObject } from "../../../src/ttm/index.ts";
import type { SmallDevice } from "../../support/small-device.ts";

/** Has buffers fail to move, each so many times; the log knows of the moves that succeed. */
export function failMoves({ driver, moves }: SmallDevice, ...failures: readonly [BufferObject, number][]): void {
  const left = new Map(failures);
  driver.move = (move) => {
    const times = left.get(move.bo) ?? 0;
    left.set(move.bo, times - 1);
    if (times > 0) throw new Error("the engine is on fire");
    moves.note(move);
  };
}
