/** A context of ops and passes without frontends: what tests of the IR and of passes need. */
import { createBlobStore } from "../../src/ir/blob/blob-store.js";
import { createOpRegistry } from "../../src/ir/op/registry.js";
import { builtinOps } from "../../src/ir/ops/index.js";
import type { IrContext } from "../../src/ir/pass/context.js";
import type { Pass } from "../../src/ir/pass/pass.js";
import { builtinPasses } from "../../src/passes/index.js";
import type { Diag } from "../../src/support/diag.js";

export interface TestContext extends IrContext {
  readonly passes: ReadonlyMap<string, Pass>;
  readonly diags: readonly Diag[];
}

export function irContext(): TestContext {
  const ops = createOpRegistry();
  for (const def of builtinOps) ops.add(def, "qc");
  const diags: Diag[] = [];
  return {
    ops,
    blobs: createBlobStore(),
    passes: new Map(builtinPasses.map((p) => [p.name, p])),
    diags,
    report: (d) => void diags.push(d),
  };
}
