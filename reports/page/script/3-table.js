// The table of attempts: filtered, sorted, a page at a time.
const page = 200;

function attemptTable(d) {
  const box = document.getElementById("filter-box"), input = document.getElementById("filter"), told = document.getElementById("filter-count");
  const table = document.getElementById("attempt-table"), body = table.tBodies[0], more = document.getElementById("filter-more");
  const optional = ["thread", "sampler", "client", "path"].filter(c => d.words[c].length > (c === "path" ? 1 : 0));
  const value = (f, v) => v === absent ? "–" : f(v);
  const columns = [
    ["Since the start", i => moment(d.c.at[i] / 1000), d.c.at], ["Outcome", i => d.word("outcome", i), d.c.outcome],
    ["Status", i => d.c.status[i] || "–", d.c.status], ["Open sockets", i => value(commas, d.c.open[i]), d.c.open],
    ["Token age", i => value(v => span(v / 10), d.c.age[i]), d.c.age], ["To its expiry", i => value(v => span(v / 10), d.c.left[i]), d.c.left],
    ["Wait", i => value(v => span(v / 1e6), d.c.wait[i]), d.c.wait], ["Token", i => d.word("token", i) || "–", d.c.token],
    ["Edge", i => d.word("edge", i) || "–", d.c.edge],
    ...optional.map(c => [c[0].toUpperCase() + c.slice(1), i => d.word(c, i) || "–", d.c[c]]),
  ];
  let rows = [], shown = 0, order = { column: 0, down: false };

  const head = table.tHead.rows[0];
  head.replaceChildren(...columns.map(([name], k) => {
    const button = make("button", { type: "button", text: name });
    button.onclick = () => { order = { column: k, down: order.column === k && !order.down }; show(input.value); };
    return make("th", { scope: "col" }, button);
  }));

  function row(i) {
    const id = `attempt-${d.c.conn[i]}-${d.c.ex[i]}`;
    const tr = make("tr", { id });
    columns.forEach(([, text], k) => {
      if (k === 0) tr.append(make("th", { scope: "row" }, make("a", { href: "#" + id, className: "plain", text: text(i) })));
      else tr.append(make("td", { text: text(i) }));
    });
    tr.cells[1].className = { refused: "bad", accepted: "" }[d.word("outcome", i)] ?? "none";
    return tr;
  }

  function extend() {
    body.append(...rows.slice(shown, shown + page).map(row));
    shown = Math.min(rows.length, shown + page);
    more.hidden = shown >= rows.length;
    table.caption.textContent = `${commas(shown)} of ${commas(rows.length)} attempts that the filter lets through, of ${commas(d.of)} in the run`;
  }

  function show(query) {
    let test;
    try {
      test = parseFilter(query);
    } catch (e) {
      told.textContent = e.message;
      return false;
    }
    rows = [];
    let refused = 0;
    const refusedWord = d.words.outcome.indexOf("refused");
    for (let i = 0; i < d.n; i++) {
      if (!test(d, i)) continue;
      rows.push(i);
      if (d.c.outcome[i] === refusedWord) refused++;
    }
    const by = columns[order.column][2];
    if (order.column || order.down) rows.sort((a, b) => (order.down ? by[b] - by[a] : by[a] - by[b]) || a - b);
    [...head.cells].forEach((th, k) => {
      if (k === order.column) th.setAttribute("aria-sort", order.down ? "descending" : "ascending"); else th.removeAttribute("aria-sort");
    });
    told.textContent = `${commas(rows.length)} of ${commas(d.n)} attempts, ${commas(refused)} of them refused`;
    shown = 0;
    body.replaceChildren();
    extend();
    return true;
  }

  let wait;
  input.oninput = () => {
    clearTimeout(wait);
    wait = setTimeout(() => { if (show(input.value)) state.write({ q: input.value }); }, 120);
  };
  more.firstElementChild.onclick = extend;
  box.hidden = false;
  const filter = query => { input.value = query; show(query); };
  // find brings an attempt's row into the page.
  const find = id => {
    const m = id.match(/^attempt-(\d+)-(\d+)$/);
    if (m && !document.getElementById(id)) filter("conn:" + m[1]);
    return m && reveal(id);
  };
  return { filter, find };
}
