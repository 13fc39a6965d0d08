// DuckDB's side of the benchmark: node duckdb.mjs sort|wordcount HOME INPUT OUTPUT SPILL_DIRECTORY
// HOME is where npm has installed @duckdb/node-api. Each line is one column, so the input is the same file that the others read.

import { createRequire } from "node:module";
import { join } from "node:path";

const [work, home, input, output, spill] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(join(home, "package.json"))("@duckdb/node-api");

const text = (value) => `'${value.replaceAll("'", "''")}'`;

// No byte of the input is 0x01 or 0x02, so nothing is split, quoted or escaped.
const lines = `read_csv(${text(input)}, columns = {'line': 'VARCHAR'}, header = false, auto_detect = false,
  delim = '\u0001', quote = '', escape = '', comment = '', null_padding = false, nullstr = '\u0002',
  strict_mode = false)`;

const queries = {
  sort: `SELECT line FROM ${lines} ORDER BY line`,
  wordcount: `SELECT word || chr(9) || count(*) FROM (
      SELECT unnest(string_split(replace(line, chr(9), ' '), ' ')) AS word FROM ${lines}
    ) WHERE word <> '' GROUP BY word ORDER BY word`,
};

const instance = await DuckDBInstance.create(":memory:", {
  threads: "2",
  memory_limit: "512MB",
  temp_directory: spill,
  preserve_insertion_order: "false",
});
const connection = await instance.connect();
await connection.run(
  `COPY (${queries[work]}) TO ${text(output)} (FORMAT csv, HEADER false, DELIMITER '\u0001', QUOTE '', ESCAPE '')`);
connection.closeSync();
