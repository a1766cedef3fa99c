import type { Operation } from "./operation.ts";
import { parsePlacement } from "./placement.ts";
import type { Observed } from "./replay.ts";
import { answer, type Cgroup } from "./subject.ts";
import type { TracedDevice } from "./traced-device.ts";
import type { BufferObject, Place } from "./ttm-subject.ts";
import type { TtmWorld } from "./ttm-world.ts";

// The operations of a trace on buffer objects.

const ENOENT = -2;
const EBUSY = -16;
const EEXIST = -17;
const EINVAL = -22;

const MOST_PRIORITY = 3;

export const BUFFER_OPERATIONS: Readonly<
  Record<string, (world: TtmWorld, operation: Operation, as: Cgroup) => Observed>
> = {
  alloc: (world, operation, as) => {
    const device = deviceOf(world, operation);
    const [id, pages, priority] = [operation.number(2), operation.number(3), operation.number(5)];
    if (device.buffer(id) !== undefined) return { ret: EEXIST };
    const placement = placementOf(operation, 4);
    return { ret: answer(() => device.create(id, pages, { placement, priority, as })) ?? 0 };
  },
  validate: existing((bo, operation, { as }) => {
    const placement = placementOf(operation, 3);
    return answer(() => bo.validate(placement, { as, ticket: operation.number(4) === 1 })) ?? 0;
  }),
  free: existing((bo, operation, { device }) => {
    if (bo.pinCount > 0) return EBUSY;
    return answer(() => device.free(operation.number(2))) ?? 0;
  }),
  pin: existing((bo) => answer(() => bo.pin()) ?? 0),
  unpin: existing((bo) => {
    if (bo.pinCount > 0) return answer(() => bo.unpin()) ?? 0;
    bo.touch();
    return EINVAL;
  }),
  touch: existing((bo) => answer(() => bo.touch()) ?? 0),
  prio: existing((bo, operation) => {
    const priority = operation.number(3);
    if (priority <= MOST_PRIORITY) bo.priority = priority;
    bo.touch();
    return priority <= MOST_PRIORITY ? 0 : EINVAL;
  }),
};

interface Circumstances {
  readonly device: TracedDevice;
  readonly as: Cgroup;
}

type OnBuffer = (bo: BufferObject, operation: Operation, circumstances: Circumstances) => number;

/** An operation on a buffer that has to exist. */
function existing(act: OnBuffer) {
  return (world: TtmWorld, operation: Operation, as: Cgroup): Observed => {
    const device = deviceOf(world, operation);
    const bo = device.buffer(operation.number(2));
    return { ret: bo === undefined ? ENOENT : act(bo, operation, { device, as }) };
  };
}

function deviceOf(world: TtmWorld, operation: Operation): TracedDevice {
  return world.devices[operation.number(1)] ?? operation.missing(`device ${operation.number(1)}`);
}

function placementOf(operation: Operation, word: number): readonly Place[] {
  const list = operation.word(word);
  return parsePlacement(list) ?? operation.refuse(list, "a placement list");
}
