export { Amdgpu, type AmdgpuDomain, type AmdgpuDomainOptions, type AmdgpuOptions } from "./amdgpu.ts";
export { Card, type CardLayout, type CardOptions, type DomainOptions, type Mover } from "./card.ts";
export type { CardMemory } from "./card-memory.ts";
export { Xe, type XeDomain, type XeOptions, type XeTile } from "./xe.ts";
