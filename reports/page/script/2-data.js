// The attempts, unpacked. Columns that hold indexes into words hold -1 for "not
// known", numbers hold absent.
const absent = -2147483648;

async function unpack(text) {
  const base64 = text.trim().replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
  const plain = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  const d = await plain.json();
  for (const name of ["at", "conn"]) {
    const c = d.c[name];
    for (let i = 1; i < c.length; i++) c[i] += c[i - 1];
  }
  d.n = d.c.at.length;
  d.end = d.step * d.peak.length;
  d.word = (column, i) => { const k = d.c[column][i]; return k < 0 ? "" : d.words[column][k]; };
  return d;
}

// number with commas, and a span of seconds as the rest of the page writes it.
const commas = n => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
function span(s) {
  if (s < 0) return "−" + span(-s);
  const short = v => v.toFixed(1).replace(/\.0$/, "");
  if (s === 0) return "0 s";
  if (s < 0.0009995) return (s * 1e6).toFixed(0) + " µs";
  if (s < 0.00995) return short(s * 1e3) + " ms";
  if (s < 0.9995) return (s * 1e3).toFixed(0) + " ms";
  if (s < 9.95) return short(s) + " s";
  if (s < 59.5) return s.toFixed(0) + " s";
  const two = (n, size, a, b) => n % size ? `${Math.floor(n / size)} ${a} ${n % size} ${b}` : `${n / size} ${a}`;
  if (s < 3569.5) return two(Math.round(s), 60, "min", "s");
  if (s < 86400) return two(Math.round(s / 60), 60, "h", "min");
  return two(Math.round(s / 3600), 24, "d", "h");
}

// moment is a time since the start, exact enough to be found in another log.
function moment(s) {
  const r = Math.round(s * 100) / 100;
  if (r < 60) return r.toFixed(2) + " s";
  const whole = Math.floor(r / 60) * 60;
  return `${span(whole)} ${(r - whole).toFixed(2).padStart(5, "0")} s`;
}

// Filter language: terms that must all hold.
const numbers = {
  status: (d, i) => d.c.status[i], open: (d, i) => d.c.open[i], conn: (d, i) => d.c.conn[i], at: (d, i) => d.c.at[i] / 1000,
  age: (d, i) => tenths(d.c.age[i]), left: (d, i) => tenths(d.c.left[i]), wait: (d, i) => d.c.wait[i] === absent ? absent : d.c.wait[i] / 1000,
};
const texts = ["outcome", "token", "client", "edge", "path", "thread", "sampler"];
const tenths = v => v === absent ? absent : v / 10;

function parseFilter(query) {
  const tests = [];
  for (const [, minus, key, raw] of query.matchAll(/(-?)(?:([a-z]+):)?("[^"]*"?|\S+)/g)) {
    const value = raw.replace(/^"|"$/g, "");
    const test = key ? keyed(key, value) : anywhere(value.toLowerCase());
    tests.push(minus ? (d, i) => !test(d, i) : test);
  }
  return (d, i) => tests.every(t => t(d, i));
}

function keyed(key, value) {
  if (key in numbers) {
    const get = numbers[key], range = numberTest(value);
    if (!range) throw new Error(`${key}: takes a number, as in ${key}:>10 or ${key}:10..20`);
    return (d, i) => { const v = get(d, i); return v !== absent && range(v); };
  }
  if (!texts.includes(key)) throw new Error(`there is no ${key}: to filter by`);
  const want = value.toLowerCase(), from = key === "token" || key === "outcome";
  return (d, i) => { const v = d.word(key, i).toLowerCase(); return from ? v.startsWith(want) : v.includes(want); };
}

function numberTest(value) {
  let m = value.match(/^(-?[\d.]+)\.\.(-?[\d.]+)$/);
  if (m && !isNaN(m[1]) && !isNaN(m[2])) return v => v >= +m[1] && v <= +m[2];
  m = value.match(/^(>=|<=|>|<|=)?(-?[\d.]+)$/);
  if (!m || isNaN(m[2])) return null;
  const n = +m[2];
  return { ">": v => v > n, ">=": v => v >= n, "<": v => v < n, "<=": v => v <= n }[m[1]] || (v => v === n);
}

function anywhere(word) {
  return (d, i) => texts.some(t => d.word(t, i).toLowerCase().includes(word)) || String(d.c.status[i]) === word;
}
