import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { readAgents } from "../core/agent-table.ts";
import { removeSharedArena } from "../core/shared-core.ts";
import type { Access } from "../index.ts";
import { agentsText } from "./agents.ts";
import { groupsText, readGroups } from "./groups.ts";

/** The flags as commander hands them over. */
interface ArenaFlags {
  readonly access: Access;
  readonly json?: boolean;
}

/** `dmemcg ls`, `agents` and `rm`: what an operator does with a controller that processes share. */
export function addArenaCommands(program: Command): void {
  arenaCommand(program, "ls", "Shows the groups of a controller that processes share: what each uses of each region.")
    .option("--json", "print JSON")
    .action((path: string, flags: ArenaFlags) => {
      const groups = readGroups(path, flags.access);
      print(flags, groups, () => groupsText(groups));
    });
  arenaCommand(program, "agents", "Shows the threads that are attached, whether they are alive, and what each holds.")
    .option("--json", "print JSON")
    .action((path: string, flags: ArenaFlags) => {
      const agents = readAgents(resolve(path), flags.access);
      print(flags, agents, () => agentsText(agents));
    });
  arenaCommand(program, "rm", "Removes a controller's file, unless a thread that is alive is attached.").action(
    (path: string, flags: ArenaFlags) => removeSharedArena(resolve(path), flags.access),
  );
}

function arenaCommand(program: Command, name: string, description: string): Command {
  const access = new Option("--access <who>", "whose files are trusted: this user's, or also the group's");
  return program
    .command(name)
    .description(description)
    .argument("<path>", "the file, as given to Dmem.open")
    .addOption(access.choices(["user", "group"]).default("user"));
}

function print(flags: ArenaFlags, value: unknown, text: () => string): void {
  process.stdout.write(flags.json ? `${JSON.stringify(value, null, 2)}\n` : text());
}
