import { join } from "node:path";
import { type ModelRecord, readModelRecord } from "../runtime/model-record.js";
import type { Net } from "../runtime/net.js";
import { isFile } from "../support/fs.js";

/** The subfolder where `qc optimize` keeps the float build of the model. */
export const FLOAT = "float";

/** What a build wrote into its folder. */
export interface BuiltModel {
  readonly folder: string;
  readonly json: ModelRecord;
  /** Loads a fresh context of it, or of the build in `subfolder`; on QC_THREADS threads, or one, unless given. */
  load(threads?: number, subfolder?: string): Promise<Net>;
}

/** A build loaded by `load` and, where its folder holds one of the same model, its float build. */
export async function openBuilds(
  folder: string,
  { source }: Pick<ModelRecord, "source">,
  load: (subfolder: string) => Promise<Net>,
  wantsFloat: boolean,
): Promise<readonly Net[]> {
  const model = await load("");
  const record = join(folder, FLOAT, "model.json");
  const hasFloat = wantsFloat && isFile(record) && readModelRecord(record).source.sha256 === source.sha256;
  return hasFloat ? [model, await load(FLOAT)] : [model];
}
