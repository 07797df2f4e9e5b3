#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { commands } from "./commands/table.js";
import { dispatch, ofProcess } from "./options/dispatch.js";
import { tellEarlyEnd } from "./options/early-end.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
const done = tellEarlyEnd();
process.exitCode = await dispatch(commands, process.argv.slice(2), ofProcess(version, done));
done();
