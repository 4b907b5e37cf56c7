// The timelines: open sockets, upgrades, token ages on one axis. To drag over one
// zooms all; beyond the steps that the report came with they are counted anew from
// the attempts.
const bins = 150, mostMarks = 5000;
const whole = Array.from({ length: 24 }, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3)); // counts have no halves
// Seconds between ticks: the clock's steps, whose labels are short.
const times = [...Array.from({ length: 18 }, (_, i) => +`${[1, 2, 5][i % 3]}e${Math.floor(i / 3) - 6}`),
  1, 2, 5, 10, 20, 30, ...[1, 2, 5, 10, 20, 30].map(m => m * 60), ...[1, 2, 4, 6, 12].map(h => h * 3600), ...[1, 2, 5, 10, 20, 50, 100].map(n => n * 86400)];

function timelines(d, table) {
  const host = document.getElementById("zoom");
  let view = { from: 0, to: d.end }, charts = [], setting = false;
  const colour = name => getComputedStyle(root).getPropertyValue("--" + name).trim();

  const readout = make("output", { className: "readout" });
  const bar = make("div", { className: "toolbar" });
  const act = (text, label, f) => { const b = make("button", { type: "button", text }); b.setAttribute("aria-label", label); b.onclick = f; bar.append(b); return b; };
  const width = () => view.to - view.from;
  act("−", "Zoom out", () => go(view.from - width() / 2, view.to + width() / 2));
  act("+", "Zoom in", () => go(view.from + width() / 4, view.to - width() / 4));
  act("←", "Earlier", () => go(view.from - width() / 2, view.to - width() / 2));
  act("→", "Later", () => go(view.from + width() / 2, view.to + width() / 2));
  const all = act("All", "All of the recording", () => go(0, d.end));
  const list = act("List these", "List these attempts in the table", () => {
    const q = `at:${view.from.toFixed(2)}..${view.to.toFixed(2)}`;
    table.filter(q);
    state.write({ q });
    reveal("attempts");
  });
  bar.append(readout);

  // go shows a stretch of time, at least a tenth of a second within the recording.
  function go(from, to, quiet) {
    const w = Math.min(Math.max(to - from, 0.1), d.end);
    from = Math.min(Math.max(from, 0), d.end - w);
    view = { from, to: from + w };
    const whole = w >= d.end * 0.999;
    all.disabled = whole;
    if (!quiet) state.write({ zoom: whole ? "" : `${from.toFixed(2)}..${view.to.toFixed(2)}` });
    draw();
  }

  // lower is the first attempt sent at or after a time.
  function lower(seconds) {
    let a = 0, b = d.n;
    while (a < b) { const m = (a + b) >> 1; if (d.c.at[m] / 1000 < seconds) a = m + 1; else b = m; }
    return a;
  }

  // counted are the steps of the view: those of the report if they are fine enough,
  // else counted from the attempts, which are all there unless the run was thinned.
  function counted() {
    const steps = width() / d.step;
    if (steps > bins / 3 || d.n < d.of) {
      const x = [], pick = { peak: [], good: [], bad: [], none: [] };
      for (let i = Math.max(0, Math.floor(view.from / d.step) - 1); i < d.peak.length && i * d.step <= view.to; i++) {
        x.push((i + 0.5) * d.step);
        for (const k in pick) pick[k].push(d[k][i]);
      }
      return { x, step: d.step, ...pick };
    }
    const step = width() / bins, zero = () => new Array(bins).fill(0), c = { x: [], step, peak: new Array(bins).fill(null), good: zero(), bad: zero(), none: zero() };
    for (let i = 0; i < bins; i++) c.x.push(view.from + (i + 0.5) * step);
    const kind = d.words.outcome.map(w => ({ accepted: "good", refused: "bad" })[w] || "none");
    for (let i = lower(view.from); i < d.n && d.c.at[i] / 1000 < view.to; i++) {
      const k = Math.min(bins - 1, Math.floor((d.c.at[i] / 1000 - view.from) / step));
      c[kind[d.c.outcome[i]]][k]++;
      if (d.c.open[i] !== absent) c.peak[k] = Math.max(c.peak[k] ?? 0, d.c.open[i]);
    }
    return c;
  }

  // marks are the ages of tokens in the view, thinned evenly, refused ones last.
  function marks() {
    const from = lower(view.from), to = lower(view.to), x = [], good = [], bad = [];
    const refused = d.words.outcome.indexOf("refused"), every = Math.max(1, Math.ceil((to - from) / mostMarks));
    let seen = 0;
    for (let i = from; i < to; i++) {
      if (d.c.age[i] === absent) continue;
      const no = d.c.outcome[i] === refused;
      if (seen++ % every) continue;
      x.push(d.c.at[i] / 1000);
      good.push(no ? null : d.c.age[i] / 10);
      bad.push(no ? d.c.age[i] / 10 : null);
    }
    return [x, good, bad];
  }

  function options(title, height, series, format, more = {}) {
    const soft = colour("soft"), grid = { stroke: colour("line"), width: 1 }, font = "12px system-ui, sans-serif";
    return {
      title, width: Math.max(280, host.clientWidth), height, padding: [6, 10, 0, 0], legend: { show: false },
      cursor: { sync: { key: "why403" }, drag: { x: true, y: false, setScale: false }, points: { show: false } },
      select: { show: true }, scales: { x: { time: false, range: () => [view.from, view.to] }, y: { range: (u, low, high) => [Math.min(0, low ?? 0), Math.max(1, high ?? 1, more.least ?? 0) * 1.04] } },
      axes: [
        { stroke: soft, grid, ticks: { show: false }, font, values: (u, v) => v.map(span), space: 80, size: 30, incrs: times },
        { stroke: soft, grid, ticks: { show: false }, font, values: (u, v) => v.map(format), size: 70, incrs: format === commas ? whole : times },
      ],
      series: [{}, ...series],
      hooks: {
        setSelect: [u => {
          if (u.select.width > 4) go(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x"));
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        }],
        setCursor: [u => { if (more.tell && u.cursor.idx != null) readout.textContent = more.tell(u.cursor.idx); }],
        draw: more.line ? [u => limit(u, more.line)] : [],
      },
    };
  }

  // limit draws the limit that was found.
  function limit(u, l) {
    const y = Math.round(u.valToPos(l.v, "y", true)), c = u.ctx, ratio = devicePixelRatio || 1;
    if (y < u.bbox.top || y > u.bbox.top + u.bbox.height) return;
    c.save();
    c.strokeStyle = c.fillStyle = colour("bad");
    c.lineWidth = 1.5 * ratio;
    c.setLineDash([6 * ratio, 4 * ratio]);
    c.beginPath();
    c.moveTo(u.bbox.left, y);
    c.lineTo(u.bbox.left + u.bbox.width, y);
    c.stroke();
    c.textAlign = "left";
    c.textBaseline = "alphabetic";
    c.font = `600 ${12 * ratio}px system-ui, sans-serif`;
    c.strokeStyle = colour("card");
    c.lineWidth = 4 * ratio;
    c.setLineDash([]);
    c.strokeText(l.t, u.bbox.left + 6 * ratio, y + 15 * ratio);
    c.fillText(l.t, u.bbox.left + 6 * ratio, y + 15 * ratio);
    c.restore();
  }

  function draw() {
    if (setting) return;
    setting = true;
    charts.forEach(u => u.destroy());
    host.querySelectorAll(".plot").forEach(e => e.remove());
    const c = counted(), good = colour("good"), bad = colour("bad"), none = colour("none");
    const tell = i => `${span(c.x[i] - c.step / 2)} to ${span(c.x[i] + c.step / 2)}: ${c.peak[i] == null ? "?" : commas(c.peak[i])} open at most, ${commas(c.good[i])} accepted, ${commas(c.bad[i])} refused${c.none[i] ? `, ${commas(c.none[i])} without an answer` : ""}`;
    const plot = (o, data) => {
      const at = make("div", { className: "plot" });
      host.append(at);
      const u = new uPlot(o, data, at);
      at.setAttribute("aria-hidden", "true"); // the tables below and the row list say the same
      charts.push(u);
    };
    charts = [];
    plot(options(`Open sockets, most in each ${span(c.step)}`, 210, [{ stroke: good, fill: colour("good-soft"), width: 1.5, paths: uPlot.paths.stepped({ align: 0 }), spanGaps: true, points: { show: false } }], commas,
      { tell, line: d.limit, least: d.limit && d.limit.v < 4 * Math.max(...d.peak) ? d.limit.v : 0 }), [c.x, c.peak]);
    const top = c.x.map((_, i) => c.good[i] + c.bad[i] + c.none[i]), mid = c.x.map((_, i) => c.good[i] + c.bad[i]);
    const bars = uPlot.paths.bars({ size: [0.9, 40] }), column = fill => ({ stroke: fill, fill, width: 0, paths: bars, points: { show: false } });
    plot(options(`Upgrades per ${span(c.step)}, refused in red`, 130, [column(none), column(bad), column(good)], commas, { tell }), [c.x, top, mid, c.good]);
    const m = marks();
    if (m[0].length) {
      const dots = (stroke, size) => ({ stroke, paths: () => null, points: { show: true, size, stroke, fill: stroke, width: 0 } });
      plot(options("Token age of each upgrade, refused in red", 170, [dots(good, 4), dots(bad, 5)], span, { line: d.age_line }), m);
    }
    setting = false;
  }

  host.prepend(bar);
  host.hidden = false;
  root.classList.add("charts");
  redraw.push(draw);
  let resized;
  addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(draw, 150); });
  return {
    zoom(text) {
      const m = text.match(/^([\d.]+)\.\.([\d.]+)$/);
      if (m && +m[2] > +m[1]) go(+m[1], +m[2], true); else go(0, d.end, true);
    },
  };
}
