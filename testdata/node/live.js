// Watches the live page as a person would, in headless Chromium, and prints what it came to show:
//   node live.js URL SCREENSHOT
const { chromium } = require("playwright-core");

const [url, screenshot] = process.argv.slice(2);

(async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-quic"] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 1100 } });
  const errors = [];
  page.on("console", (m) => m.type() === "error" && errors.push(m.text()));
  page.on("pageerror", (e) => errors.push(String(e)));
  page.on("request", (r) => !r.url().startsWith(url) && !r.url().startsWith("data:") && errors.push("asked for " + r.url()));
  await page.goto(url);
  const text = (id) => page.textContent("#" + id);
  await page.waitForFunction(() => Number(document.getElementById("refused").textContent) > 0, { timeout: 20000 });
  await page.waitForFunction(() => document.getElementById("status").textContent !== "waiting", { timeout: 20000 });
  await page.waitForFunction(() => document.querySelectorAll("#refusals details").length > 0, { timeout: 20000 });
  await page.click("#refusals summary");
  console.log(JSON.stringify({
    link: await text("link"), status: await text("status"), accepted: Number(await text("accepted")), refused: Number(await text("refused")),
    charts: await page.locator("#charts canvas").count(), head: (await page.textContent("#refusals details[open] pre")).split("\r\n")[0], errors,
  }));
  await page.screenshot({ path: screenshot });
  await browser.close();
})().catch((e) => { console.error(e); process.exit(1); });
