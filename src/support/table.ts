import Table from "cli-table3";
import { shownText } from "./diag.js";

export interface TableOptions {
  /** Draws borders, in colours unless NO_COLOR is set; without it the columns are only padded, for pipes and logs. */
  readonly tty: boolean;
  /** Columns that hold numbers are set flush right; unless given, those whose every cell is a number. */
  readonly right?: readonly number[];
}

type Cell = string | number;

const isNumeric = (cell: Cell) =>
  typeof cell === "number" || /^[-+]?[\d.,]+(e[-+]?\d+)?( ?(%|ms|us|s|x|B|KiB|MiB|GiB|MB))?$|^-?$/.test(cell);

/** Text of a table: one row a line, columns aligned. Without a terminal there are neither borders nor escape sequences. */
export function formatTable(head: readonly string[], rows: readonly (readonly Cell[])[], { tty, right }: TableOptions): string {
  const isRight = head.map((_, i) => right?.includes(i) ?? (rows.length > 0 && rows.every((row) => isNumeric(row[i] ?? ""))));
  const table = new Table({
    head: [...head],
    colAligns: isRight.map((r) => (r ? "right" : "left")),
    style: tty
      ? process.env.NO_COLOR
        ? { head: [], border: [] }
        : { head: ["bold"], border: ["gray"] }
      : { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    ...(tty ? {} : { chars: borderless() }),
  });
  for (const row of rows) table.push(row.map((cell) => (typeof cell === "string" ? shownText(cell) : cell)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

function borderless(): Record<string, string> {
  const edges = ["top", "bottom", "left", "right", "mid"];
  const names = [
    ...edges,
    "top-mid",
    "top-left",
    "top-right",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left-mid",
    "mid-mid",
    "right-mid",
    "middle",
  ];
  return Object.fromEntries(names.map((name) => [name, ""]));
}
