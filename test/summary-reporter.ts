import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with the plain line that scripts look for: `N passed, N failed`. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state]++;
      if (module.state() === "failed" && module.errors().length > 0) counts.failed++;
    }
    const { passed, failed, skipped, pending } = counts;
    const left = skipped + pending;
    process.once("exit", () =>
      console.log(`${passed} passed, ${failed} failed${left === 0 ? "" : `, ${left} skipped`}`),
    );
  }
}
