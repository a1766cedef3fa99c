#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { DmemError } from "../index.ts";
import { nearest, unknownName } from "../trace/nearest.ts";
import { TraceError } from "../trace/trace-error.ts";
import { addArenaCommands } from "./arena-commands.ts";
import { EXIT } from "./exit-code.ts";
import { runReplay } from "./replay-command.ts";
import { addReplayOptions, type ReplayFlags } from "./replay-options.ts";

const REPLAY_HELP = `
Amounts: bytes, 1.5G (K, M, G, T: powers of 1024), 50% of the capacity, max. NAME= may be left out with one tenant.

Exit codes: ${EXIT.done} done, ${EXIT.usage} the command line, a trace or a policy is at fault, ${EXIT.refused} with --fail-on-refusal: something was refused,
${EXIT.internal} an error of the program itself.

Formats of traces and policies: docs/TRACES.md in the package.
`;

const COMMANDS = ["replay", "ls", "agents", "rm"];

function makeProgram(): Command {
  const program = new Command("dmemcg")
    .description("The Linux dmem cgroup controller for Node: device memory shared by tenants.")
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  const replay = program
    .command("replay")
    .description(
      "Replays allocation traces of several tenants against one card, each in a thread of its own, and prints what each had " +
        "on the card and in system memory, what was evicted and what was refused. Without traces it runs a built-in scenario, " +
        "without and with protection.",
    )
    .addHelpText("after", REPLAY_HELP);
  addReplayOptions(replay).action(async (traces: string[], flags: ReplayFlags) => {
    process.exitCode = await runReplay(traces, flags);
  });
  addArenaCommands(program);
  return program;
}

/** Ends with a sentence for whoever gave the input; only a fault of the program itself shows where it happened. */
function fail(error: unknown, program: Command): void {
  const asked = program.commands.find((command) => command.name() === process.argv[2]) ?? null;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return;
    if (error.code === "commander.help") process.exitCode = EXIT.usage;
    else complain(flagMessage(error, asked), asked);
  } else if (error instanceof TraceError || error instanceof DmemError) complain(error.message, asked);
  else {
    process.stderr.write(`dmemcg: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = EXIT.internal;
  }
}

function complain(message: string, asked: Command | null): void {
  process.stderr.write(`dmemcg: ${message}\nTry: dmemcg ${asked?.name() ?? "replay"} --help\n`);
  process.exitCode = EXIT.usage;
}

/** Commander's message, with the nearest valid name and all others where a name is unknown. */
function flagMessage(error: CommanderError, asked: Command | null): string {
  const [, kind, word] = /unknown (option|command) '([^']*)'/.exec(error.message) ?? [];
  if (kind === "command") return unknownName("command", word ?? "", [...COMMANDS, "help"]);
  if (kind === "option" && asked !== null) {
    const flags = asked.options.map(({ long }) => long ?? "");
    return unknownName("option", (word ?? "").split("=")[0] ?? "", [...flags, "--help"]);
  }
  const [, choice = "", choices] = /argument '(.*)' is invalid\. Allowed choices are (.*)\.$/.exec(error.message) ?? [];
  const near = choices === undefined ? null : nearest(choice, choices.split(", "));
  if (near !== null) return `${error.message.replace(/^error: /, "")} Did you mean "${near}"?`;
  return error.message.replace(/^error: /, "");
}

/** A reader that has enough, such as `head`, is no error. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const program = makeProgram();
try {
  await program.parseAsync();
} catch (error) {
  fail(error, program);
}
