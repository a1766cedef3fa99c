import {
  ACCOUNT,
  AGENT,
  BAD_AMOUNT,
  BAD_ID,
  BELOW_USAGE,
  CGROUP,
  DEPTH_MAX,
  EXISTS,
  GONE,
  IN_USE,
  NO_CONTROLLER,
  NO_SLOT,
  NOT_ANCESTOR,
  NOT_EMPTY,
  NOT_FOUND,
  NOT_HELD,
  POOL,
  REGION,
  REMOVED,
  SPENT,
  TICKET,
  TOO_DEEP,
  TOO_LARGE,
  UNREGISTERED,
  UNSETTLED,
} from "../../assembly/abi.ts";
import { DmemError, type ErrorCode } from "./errors.ts";

/** What a status means, as the end of a sentence about its subject. */
const MEANING: ReadonlyMap<number, readonly [ErrorCode, string]> = new Map([
  [BAD_AMOUNT, ["EINVAL", "takes a whole number of bytes from 0 to 2^53-1"]],
  [BAD_ID, ["EINVAL", "is not in this arena"]],
  [GONE, ["ENODEV", "was removed"]],
  [REMOVED, ["ENODEV", "was removed, or its controller switched off"]],
  [UNREGISTERED, ["ENODEV", "is in a region that was unregistered"]],
  [NOT_HELD, ["EINVAL", "is not held by this thread to that amount"]],
  [TOO_LARGE, ["EINVAL", "would hold more than a counter can: 2^53-1 bytes"]],
  [EXISTS, ["EEXIST", "exists already"]],
  [NOT_EMPTY, ["EBUSY", "has children"]],
  [NOT_FOUND, ["ENOENT", "does not exist"]],
  [
    NO_CONTROLLER,
    ["ENOENT", "has no such controller to hand on: its parent's cgroup.subtree_control does not list it"],
  ],
  [IN_USE, ["EBUSY", "is in use"]],
  [TOO_DEEP, ["EAGAIN", `would be more than ${DEPTH_MAX} levels below the root`]],
  [SPENT, ["EINVAL", "does not have this ticket: it was adopted already, taken back, or made for another pool"]],
  [BELOW_USAGE, ["EBUSY", "uses more than that"]],
  [NOT_ANCESTOR, ["EINVAL", "is not below the given root"]],
  [UNSETTLED, ["EAGAIN", "cannot be told from what a stopped thread is in the middle of"]],
  [NO_SLOT - AGENT, ["ENOSPC", "cannot attach: all of capacity.agents are attached"]],
  [NO_SLOT - ACCOUNT, ["ENOSPC", "cannot be charged by this thread: all of capacity.accounts are in use"]],
  [NO_SLOT - CGROUP, ["ENOSPC", "cannot be made: all of capacity.cgroups are in use (removed ones with charges too)"]],
  [NO_SLOT - REGION, ["ENOSPC", "cannot be registered: all of capacity.regions are in use"]],
  [NO_SLOT - POOL, ["ENOSPC", "cannot get a counter: all of capacity.pools are in use"]],
  [NO_SLOT - TICKET, ["ENOSPC", "cannot hand over: all of capacity.tickets are open"]],
]);

/** The error that a status stands for. `subject` begins the sentence: a path in quotes, usually. */
export function statusError(status: number, subject: string): DmemError {
  const [code, end] = MEANING.get(status) ?? ["EIO", `met the unknown status ${status}`];
  return new DmemError(code, `${subject} ${end}.`);
}
