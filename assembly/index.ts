// The module: what the library may call. Nothing here keeps state; everything lives in the imported memory.

export { held, openAccount, renewAccount } from "./account";
export { attach, detach } from "./agent";
export { askedByChildren, askedLess, coverage, effectiveWithin, valuableWithin } from "./budget";
export { cgroupCondition, createCgroup, createRoot, delegate, findCgroup, removeCgroup } from "./cgroup";
export { charge, tryCharge, tryChargeLarge, uncharge, unchargeLarge } from "./charge";
export {
  cancelCounter,
  chargeCounter,
  counterChildrenProtectedUsage,
  counterProtectedUsage,
  protectCounter,
  resetCounterPeak,
  tryChargeCounter,
  unchargeCounter,
} from "./counter";
export { effectiveProtection, evictValuable, isProtected } from "./eviction";
export { lowerMax, setHigh, setLow, setMax, setMin } from "./limit";
export { lock, unlock } from "./lock";
export { mulDiv, mulDivLimbs } from "./muldiv";
export { collect, createCounter, createPool, findPool, poolCondition, readPool } from "./pool";
export { gatherStock, mightFit, need, stockOf } from "./recall";
export { postpone, recover, takeOver } from "./recovery";
export { regionCondition, registerRegion, unregisterRegion } from "./region";
export { keepStock, shelve, tryChargeAhead, unchargeAhead } from "./stock";
export { adopt, handOver } from "./ticket";
