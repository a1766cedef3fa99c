// The one place where an offset, a size, a limit or a status number is written. Both compilers read it: AssemblyScript
// for the module, TypeScript for the library around it. A stamp of this file is part of every arena, so that two
// versions that disagree never meet in one memory.

// ---------------------------------------------------------------------------------------------------------- amounts

/** What the kernel shows as `max`: the largest signed 64-bit number, in pages of 4096. Bytes here. */
export const PAGE_COUNTER_MAX = 2251799813685247;
/** The largest amount that one call can carry: bytes, exact as a double. */
export const AMOUNT_MAX = 9007199254740991;

// ----------------------------------------------------------------------------------------------------------- status
// Results of the module's functions. Zero and above is an answer, below is one of these.

export const OK = 0;
/** Another agent holds the structure lock; nothing was done: try again. */
export const BUSY = -1;
/** Not a whole number of bytes from 0 to AMOUNT_MAX. */
export const BAD_AMOUNT = -2;
/** Not the id of a record, or of one that is not in use. */
export const BAD_ID = -3;
/** The record was freed, and its slot perhaps used again, since the handle was made. */
export const GONE = -4;
/** The cgroup was removed, or its controller switched off. */
export const REMOVED = -5;
/** The region was unregistered. */
export const UNREGISTERED = -6;
/** The agent holds less than it wants to return. */
export const NOT_HELD = -7;
/** A counter cannot hold the sum. */
export const TOO_LARGE = -8;
export const EXISTS = -9;
export const NOT_EMPTY = -10;
export const NOT_FOUND = -11;
/** The parent does not hand the controller to its children. */
export const NO_CONTROLLER = -12;
/** A child hands the controller on, so it cannot be taken away above. */
export const IN_USE = -13;
export const TOO_DEEP = -14;
/** The ticket was adopted before, or belongs to another pool. */
export const SPENT = -15;
/** `max` is below usage (page counters only; dmem stores it and reclaims). */
export const BELOW_USAGE = -16;
/** The given root is not an ancestor. */
export const NOT_ANCESTOR = -17;
/** Something of a dead agent cannot be told from what a living one is in the middle of; the lock is kept: try again. */
export const UNSETTLED = -18;
/** No slot left: NO_SLOT - kind, kinds below. */
export const NO_SLOT = -32;

/** `uncharge` and `cancel`: done, and the pool may now be collected. */
export const COLLECTABLE = 1;

// ------------------------------------------------------------------------------------------------------------ arena
//
//      0  header      what and how large; written once, before anybody else can see it
//    128  lock        the structure lock, alone on its line
//    192  version     counts freed records, alone on its line: readers of links check it
//    256  slots       one table entry a kind of record
//    512  tree        first and last region, root cgroup
//   1024  records     accounts, agents, cgroups, regions, pools, tickets, buckets: each array aligned to 128

export const ARENA_MAGIC = 0; // u32
export const ARENA_STAMP = 4; // u32, of this file
export const ARENA_RULES = 8; // u32, bits RULE_*
export const ARENA_OPTIONS = 12; // u32, bits OPTION_*
export const ARENA_SIZE = 16; // u32, bytes that are laid out
export const ARENA_BUCKETS = 20; // u32, address of the name index
export const ARENA_BUCKET_MASK = 24; // u32, number of buckets - 1
export const ARENA_GATE = 28; // u32, how many accounts may charge: all there are, or 0 while a dead agent is settled
export const ARENA_LOCK = 128; // u32, generation << AGENT_BITS | id of the agent that holds it, 0: free
export const ARENA_LOCK_WAITERS = 132; // u32
export const ARENA_VERSION = 192; // u32
export const ARENA_FIRST_STOCKED = 200; // u32, address of the first account with a stock
export const ARENA_NEEDS = 204; // u32, charges that want stocks returned: no stock is kept while there are any
export const ARENA_RETURNS = 224; // u32, counts stocks that were returned because they were recalled
export const ARENA_SLOTS = 256;
export const ARENA_FIRST_REGION = 512; // u32
export const ARENA_LAST_REGION = 516; // u32
export const ARENA_ROOT = 520; // u32, address of the root cgroup
export const ARENA_RECORDS = 1024;

export const MAGIC = 0x67636d64; // "dmcg" in memory

export const OPTION_DRM_FILES = 1;
export const OPTION_MANUAL_SUBTREE = 2;

// How to behave where Linux 7.3 and its own promises differ: docs/LINUX.md has the story of each.

/** A limit of the root cgroup's pool makes everything evictable, before protection is looked at. */
export const RULE_ROOT_LIMIT_IGNORES_PROTECTION = 1;
/** A refused charge has raised the peak of the levels below the one that refused. */
export const RULE_REFUSED_CHARGE_RAISES_PEAK = 2;
/** More than was charged may be returned; a counter stops at 0. */
export const RULE_UNCHARGE_CLAMPS = 4;
/** A charge beyond what a counter can hold wraps around. */
export const RULE_CHARGE_WRAPS = 8;
/** A query leaves the effective values behind, and one that cannot compute them compares the old ones. */
export const RULE_QUERIES_REMEMBER = 16;
/** A reclaim callback that reports success and frees nothing is called again, for ever. */
export const RULE_EMPTY_RECLAIM_REPEATS = 32;
/** Whoever evicts a buffer pays for where it goes. */
export const RULE_EVICTOR_PAYS = 128;
/** A request larger than all that may be evicted for it evicts all the same, and then fails. */
export const RULE_HOPELESS_REQUEST_EVICTS = 256;
/** Regions may have any name, also one that is taken or that no file can spell. */
export const RULE_ANY_REGION_NAME = 64;

// ------------------------------------------------------------------------------------------------------------ slots
// One entry a kind of record: which slots are taken. 32 bytes each.

export const AGENT = 0;
export const ACCOUNT = 1;
export const CGROUP = 2;
export const REGION = 3;
export const POOL = 4;
export const TICKET = 5;
export const KINDS = 6;

export const SLOTS_SIZE = 32;
export const SLOTS_BASE = 0; // u32, address of the first record
export const SLOTS_STRIDE = 4; // u32, bytes a record
export const SLOTS_CAPACITY = 8; // u32, records
export const SLOTS_LINK = 12; // u32, offset of the word that chains free records
export const SLOTS_TOUCHED = 16; // u32, records that were ever used; those behind are still zero
export const SLOTS_FREE = 20; // u32, address of the first free record below that, or 0
export const SLOTS_USED = 24; // u32, records in use
export const SLOTS_END = 28; // u32, address behind the last record that there is room for

// ------------------------------------------------------------------------------------------------------------ agent
// One attached thread or process. Its slot is claimed by whoever wants to attach, through the word that tells that it
// lives; then written by itself, under the lock where links are concerned. 384 bytes.

export const AGENT_STRIDE = 384;
export const AGENT_GENERATION = 0; // u32
export const AGENT_STATE = 4; // u32, AGENT_FREE or AGENT_ATTACHED
export const AGENT_LINK = 8; // u32, not used: a slot that is free is found by its state
export const AGENT_FIRST_ACCOUNT = 12; // u32
export const AGENT_FIRST_TICKET = 16; // u32
export const AGENT_PROCESS = 20; // u32, process id, for display
export const AGENT_THREAD = 24; // u32, thread id within the process, for display
export const AGENT_LIVENESS = 28; // u32, claims the slot: a word by which the library tells the living from the dead
export const AGENT_TAKING = 32; // u32, address of the pool whose stock it is taking off another agent's shelf
export const AGENT_NEEDS = 36; // u32, 1 while it wants stocks returned
export const AGENT_BELL = 40; // u32, rises when it is wanted: it asked something, or is asked
export const AGENT_RECLAIMS = 44; // u32, 1 if it can make room when it is asked to

// A request to make room. Whoever asks claims it by its name in `asker`, as the lock has it, writes what it wants, and
// raises `request`; the agent that is asked sets `answer` to that once it has done what it can. A name that is gone by
// then, or of an agent that is dead, is a request that was given up: nothing is done for it.

export const AGENT_ASKER = 48; // u32
export const AGENT_REQUEST = 52; // u32
export const AGENT_ANSWER = 56; // u32
export const AGENT_ASKED_POOL = 60; // u32, id
export const AGENT_ASKED_STAMP = 64; // u32
export const AGENT_ASKED_BYTES = 68; // u32, the lower half
export const AGENT_ASKED_MORE = 72; // u32, the upper half
export const AGENT_NAME = 128; // 256 bytes: the name that a call of this agent is about

export const AGENT_FREE = 0;
export const AGENT_ATTACHED = 1;
/** Found dead: what it held is being returned. */
export const AGENT_DEAD = 2;

/** An agent's id within the lock's word. */
export const AGENT_BITS = 16;
export const AGENT_IDS = 0xffff;

// ---------------------------------------------------------------------------------------------------------- account
// What one agent holds of one pool slot: 64 bytes, a line of its own. Only its agent writes it, with plain stores; the
// shelf alone is a word that others may take from. It stays with the slot for as long as the agent is attached, so that
// it never has to be taken away from under a charge.
//
//    0  charged   i64  bytes charged and not yet returned: held by the agent, or its stock
//    8  intended  i64  what charged will be once the operation under way is done; the same when none is
//   16  sequence  u32  counts operations that are done
//   20  stock     i32  of charged, what is not held but kept ahead
//   24  room      i32  how large the stock may become by what is returned
//   28  shelf     i32  whose the stock is: see SHELF below
//   32  pool, agent, next, use, batch, next stocked

export const ACCOUNT_STRIDE = 64;
export const ACCOUNT_SHIFT = 6; // an account's id is its address >>> ACCOUNT_SHIFT
export const ACCOUNT_CHARGED = 0;
export const ACCOUNT_INTENDED = 8;
export const ACCOUNT_SEQUENCE = 16;
export const ACCOUNT_STOCK = 20;
export const ACCOUNT_ROOM = 24;
export const ACCOUNT_SHELF = 28;
export const ACCOUNT_POOL = 32; // u32, address of the pool slot, 0: not in use
export const ACCOUNT_AGENT = 36; // u32, address
export const ACCOUNT_NEXT = 40; // u32, the agent's next account; free list
export const ACCOUNT_USE = 44; // u32, which use of the pool slot it is for: the stamp without its flags
export const ACCOUNT_BATCH = 48; // u32, bytes that are charged ahead at a time; 0: no stock is kept
export const ACCOUNT_NEXT_STOCKED = 52; // u32, next account with a stock, of whichever agent

// The words of the stock, as 32-bit words from ACCOUNT_STOCK.
export const STOCK_WORD = 0;
export const ROOM_WORD = 1;
export const SHELF_WORD = 2;
export const STOCK_WORDS = 3;

/** The most that can be charged ahead at a time. The stock, up to twice that, fits a signed word. */
export const BATCH_MAX = 0x3fffffff;

// SHELF: 0 and above, the stock lies there, and that much of it is still there: whoever needs it may take it. Below,
// its agent is using it, with plain stores; the word is the complement of the account's use then, or SHELF_RECALLED if
// somebody waits for it.
export const SHELF_RECALLED = 0x80000001;

// ----------------------------------------------------------------------------------------------------------- cgroup
// A directory of the tree. 320 bytes, the name in the last 256.

export const CGROUP_STRIDE = 320;
export const CGROUP_GENERATION = 0; // u32
export const CGROUP_STATE = 4; // u32, CGROUP_*
export const CGROUP_PARENT = 8; // u32
export const CGROUP_FIRST_CHILD = 12; // u32, in order of creation
export const CGROUP_LAST_CHILD = 16; // u32
export const CGROUP_NEXT = 20; // u32, sibling
export const CGROUP_PREVIOUS = 24; // u32, sibling
export const CGROUP_HASH = 28; // u32, of parent and name
export const CGROUP_HASH_NEXT = 32; // u32, same bucket
export const CGROUP_FIRST_POOL = 36; // u32, of the current state
export const CGROUP_REFERENCES = 40; // u32, records that name this one: children and pools that are not freed
export const CGROUP_DEPTH = 44; // u32, 0 for the root
export const CGROUP_FLAGS = 48; // u32, bits CONTROLLED, DELEGATES
export const CGROUP_INCARNATION = 52; // u32, how often the controller was switched on here
export const CGROUP_LINK = 56; // u32, free list; in use, a mark while the tree is repaired
export const CGROUP_NAME_LENGTH = 60; // u32
export const CGROUP_NAME = 64; // 256 bytes, UTF-8

export const CGROUP_FREE = 0;
export const CGROUP_ONLINE = 1;
export const CGROUP_REMOVED = 2;

/** The controller has state for this cgroup (`cgroup.controllers` lists it). */
export const CONTROLLED = 1;
/** The cgroup hands the controller to its children (`cgroup.subtree_control` lists it). */
export const DELEGATES = 2;

export const NAME_MAX = 255;
/** Levels below the root. Bounds the recursion of the protection query. */
export const DEPTH_MAX = 1024;

// ----------------------------------------------------------------------------------------------------------- region
// A device's memory of one kind. 320 bytes, the name in the last 256.

export const REGION_STRIDE = 320;
export const REGION_SIZE = 0; // i64, bytes; information only
export const REGION_GENERATION = 8; // u32
export const REGION_STATE = 12; // u32, REGION_*
export const REGION_NEXT = 16; // u32, in order of registration
export const REGION_PREVIOUS = 20; // u32
export const REGION_POOLS = 24; // u32, pools that are not freed
export const REGION_LINK = 28; // u32, free list; in use, a mark while the tree is repaired
export const REGION_OWNER = 32; // u32, address of the agent that registered it
export const REGION_NAME_LENGTH = 60; // u32
export const REGION_NAME = 64; // 256 bytes, UTF-8

export const REGION_FREE = 0;
export const REGION_REGISTERED = 1;
export const REGION_UNREGISTERED = 2;

// ------------------------------------------------------------------------------------------------------------- pool
// A cgroup's counter for one region, 128 bytes. A charge dirties line 0 only, and there `usage` alone: the words behind
// it belong to creation, to refusals that are counted, and to queries that are asked to remember. Line 1 is read by
// every charge and seldom written, so reading a limit never waits for a charge elsewhere. A free slot's usage is 0, and
// nobody ever stores into it: a late add is always followed by its own subtraction.
//
//    0  usage         i64  every agent, by add      exact at every moment that no operation is under way
//    8  failures, previous protected sibling
//   16  high          i64  by store
//   24  frozen min    i64  under the lock           without protection support: the protected part when last set
//   32  frozen low    i64
//   40  effective min i64  racy store, if asked     what the last query left
//   48  effective low i64
//   56  link, region, flags
//   64  max           i64  set by anyone, by store  read by every charge
//   72  min           i64
//   80  low           i64
//   88  peak          i64  racy store               a statistic: the next charge repairs it
//   96  local peak    i64  racy store               the mark that can be reset alone
//  104  parent, stamp, cgroup, protected children, children

export const POOL_STRIDE = 128;
export const POOL_SHIFT = 7; // a pool's id is its address >>> POOL_SHIFT
export const POOL_USAGE = 0;
export const POOL_FAILURES = 8; // u32, refusals if counted; stops at 2^32-1
export const POOL_PREVIOUS_PROTECTED = 12; // u32
export const POOL_HIGH = 16;
export const POOL_FROZEN_MIN = 24;
export const POOL_FROZEN_LOW = 32;
export const POOL_EFFECTIVE_MIN = 40;
export const POOL_EFFECTIVE_LOW = 48;
export const POOL_LINK = 56; // u32, next pool of the cgroup; free list
export const POOL_REGION = 60; // u16, index of the region
export const POOL_FLAGS = 62; // u16, bits PROTECTION, COUNT_FAILURES, LISTED, HOOKED
export const POOL_MAX = 64;
export const POOL_MIN = 72;
export const POOL_LOW = 80;
export const POOL_PEAK = 88;
export const POOL_LOCAL_PEAK = 96;
export const POOL_PARENT = 104; // u32, address
export const POOL_STAMP = 108; // u32, generation << STAMP_SHIFT | OFFLINE | DETACHED
export const POOL_CGROUP = 112; // u32, address
export const POOL_FIRST_PROTECTED = 116; // u32, head of the list of children with a min or low
export const POOL_NEXT_PROTECTED = 120; // u32
export const POOL_CHILDREN = 124; // u32, pools whose parent this is and that are not freed

/** Usage counts as protected up to min and low (kernel: protection support). */
export const PROTECTION = 1;
/** Refusals of charges that begin here are counted, at the counter that refuses. */
export const COUNT_FAILURES = 2;
/** Is in the parent's list of protected children. */
export const LISTED = 4;
/** Is in its cgroup's list: known for a moment, while the tree is repaired. */
export const HOOKED = 8;

export const STAMP_SHIFT = 3;
/** In use; without it the slot is free. */
export const LIVE = 1;
/** The cgroup was removed or its controller switched off. */
export const OFFLINE = 2;
/** The region was unregistered. */
export const DETACHED = 4;

export const VALUABLE = 1; // evictValuable: evicting helps
export const HIT_LOW = 2; // evictValuable: it would help if low were ignored

// ----------------------------------------------------------------------------------------------------------- ticket
// Bytes on their way from one agent to another. 64 bytes.

export const TICKET_STRIDE = 64;
export const TICKET_BYTES = 0; // i64
export const TICKET_POOL = 8; // u32, address
export const TICKET_GIVER = 12; // u32, address of the agent
export const TICKET_GENERATION = 16; // u32
export const TICKET_STATE = 20; // u32, TICKET_*
export const TICKET_NEXT = 24; // u32, the giver's next ticket; free list
export const TICKET_PREVIOUS = 28; // u32
export const TICKET_MARK = 32; // u32, 1 if it is in its giver's list: known for a moment, while the tree is repaired

export const TICKET_FREE = 0;
export const TICKET_OPEN = 1;
