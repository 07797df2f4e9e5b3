/**
 * Where passes meet ops: every op of the registry in front of affine chains, BatchNorm, pads, transposes and residuals, through every preset.
 * An op that no chain draws fails. QC_CHAINS=N draws N chains for each op (default 2) and builds one of each op natively.
 */
import { describe, expect, it } from "vitest";
import { openNative } from "../../src/check/native.js";
import { chainKeepsMeaning } from "../../src/check/ops/chains.js";
import { createContext } from "../../src/context.js";
import type { OpDef } from "../../src/ir/op/define.js";
import { expectHeld } from "../helpers/held.js";

const CHAINS = Number(process.env.QC_CHAINS ?? 2);
const ctx = createContext();
const ops = ctx.ops.all() as readonly OpDef[];
const run = openNative(ctx);
/** Every op's first chain is built for this machine in a long run, every sixth op's otherwise. */
const isBuilt = (def: OpDef): boolean => process.env.QC_CHAINS !== undefined || ops.indexOf(def) % 6 === 0;

describe("eval(m) = eval(passes(m)) = js(scheduled) = native, every op in front of every neighbourhood, every preset", () => {
  for (const def of ops)
    it(def.name, async () => {
      const property = chainKeepsMeaning(def, ctx, { native: { run, of: (seed) => seed === 1 && isBuilt(def) } });
      const { cases } = await expectHeld({ ...property, most: CHAINS }, { seed: 1, cases: CHAINS });
      expect(cases, "chains drawn").toBeGreaterThan(0);
    });
});
