export { type CounterOptions, type CounterTreeOptions, type CounterValues, PageCounter } from "./page-counter.ts";
