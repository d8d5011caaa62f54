"use strict";
// Every text comes from a server that may be hostile: nodes are made, markup is never parsed.
(() => {
  const GLYPHS = { passed: "·", failed: "✕", inconclusive: "?", waived: "w", broken: "!", not_applicable: "", skipped: "–" };
  const PAGE = 100;
  const SLOWEST = 25;
  const words = (outcome) => outcome.replaceAll("_", " ");
  const number = (value) => value.toLocaleString("en");
  const byId = (id) => document.getElementById(id);

  function h(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
    return node;
  }
  function svg(name, attributes, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  async function inflate(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }

  function copyButton(text, what) {
    const button = h("button", { type: "button", "aria-label": `Copy the ${what}` }, "Copy");
    button.addEventListener("click", async () => {
      let done = true;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const area = h("textarea", { class: "out" });
        area.value = text;
        document.body.append(area);
        area.select();
        done = document.execCommand("copy");
        area.remove();
      }
      button.textContent = done ? "Copied" : "Not allowed";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    return button;
  }
  const line = (text, what) => h("div", { class: "copy" }, h("pre", { tabindex: "0", "aria-label": what }, text), copyButton(text, what));
  const pieces = (list) => list.map(([text, marked]) => (marked ? h("mark", {}, text) : text));
  const gist = (list) => list.map(([text]) => text).join("");

  Promise.all(["data", "calls"].map((id) => inflate(byId(id).textContent))).then(([data, calls]) => start(data, calls)).catch((error) => {
    byId("findings-list").replaceChildren(h("p", { class: "warn", role: "alert" }, `The data of this page cannot be read: ${error}`));
  });

  function start(data, calls) {
    const requirement = new Map(data.requirements.map(([id, area, level, statement, source], index) => [id, { id, area, level, statement, source, index }]));
    const requirements = [...requirement.values()];
    const serviceOfSubject = new Map(data.subjects.map((subject, index) => [subject, data.services[data.serviceOf[index]] || ""]));
    const form = byId("filters");
    const fields = form.elements;
    const columns = data.results;
    const total = columns.r.length;
    const lower = { r: requirements.map((each) => `${each.id} ${each.statement}`.toLowerCase()), s: data.subjects.map((each) => each.toLowerCase()), why: data.reasons.map((each) => each.toLowerCase()) };

    // Filters.
    const areas = [...new Set(requirements.map((each) => each.area))];
    const present = new Set(columns.o);
    const option = (value, text = value) => h("option", { value }, text);
    fields.area.append(...areas.map((each) => option(each)));
    fields.service.append(...data.services.filter(Boolean).toSorted().map((each) => option(each)));
    fields.level.append(...["MUST", "SHOULD", "MAY"].filter((level) => requirements.some((each) => each.level === level)).map((each) => option(each)));
    fields.outcome.append(...data.outcomes.map((word, index) => [word, index]).filter(([, index]) => present.has(index)).reverse().map(([word]) => option(word, words(word))));
    const NAMES = ["q", "area", "service", "level", "outcome"];
    const wanted = () => Object.fromEntries(NAMES.map((name) => [name, fields[name].value.trim()]));

    let matching = new Uint32Array(0);
    let page = 0;

    function filterChecks(want) {
      const terms = want.q.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (texts, term) => Uint8Array.from(texts, (text) => (text.includes(term) ? 1 : 0));
      const tables = terms.map((term) => ({ r: fits(lower.r, term), s: fits(lower.s, term), why: fits(lower.why, term) }));
      const good = Uint8Array.from(requirements, (each) => ((!want.area || each.area === want.area) && (!want.level || each.level === want.level) ? 1 : 0));
      const service = want.service ? data.services.indexOf(want.service) : -1;
      const outcome = want.outcome ? data.outcomes.indexOf(want.outcome) : -1;
      const found = data.outcomes.map(() => new Uint32Array(total));
      const counts = data.outcomes.map(() => 0);
      next: for (let i = 0; i < total; i++) {
        if (!good[columns.r[i]]) continue;
        if (outcome >= 0 && columns.o[i] !== outcome) continue;
        if (service >= 0 && data.serviceOf[columns.s[i]] !== service) continue;
        for (const table of tables) if (!(table.r[columns.r[i]] || table.s[columns.s[i]] || table.why[columns.why[i]])) continue next;
        found[columns.o[i]][counts[columns.o[i]]++] = i;
      }
      // The worst come first, each kind in the order of the plan.
      const all = new Uint32Array(counts.reduce((sum, count) => sum + count, 0));
      for (let o = counts.length - 1, at = 0; o >= 0; at += counts[o--]) all.set(found[o].subarray(0, counts[o]), at);
      return all;
    }
    const haystack = new Map(data.findings.map((each) => [each.id, `${each.id} ${each.requirement} ${requirement.get(each.requirement)?.statement} ${each.subjects.join(" ")} ${each.where} ${gist(each.expected)} ${gist(each.actual)} ${each.hint}`.toLowerCase()]));
    function filterFindings(want) {
      const terms = want.q.toLowerCase().split(/\s+/).filter(Boolean);
      return data.findings.filter((each) => {
        const known = requirement.get(each.requirement);
        const outcome = each.waived ? "waived" : "failed";
        return (!want.area || known?.area === want.area) && (!want.level || each.level === want.level) && (!want.outcome || want.outcome === outcome)
          && (!want.service || each.subjects.some((subject) => serviceOfSubject.get(subject) === want.service))
          && terms.every((term) => haystack.get(each.id).includes(term));
      });
    }

    // Findings.
    function callItem(n, position) {
      const call = calls[n];
      if (!call) return h("li", {}, h("div", { class: "call soft" }, `${position}. Exchange ${n}: see traffic.jsonl of the run.`));
      return h("li", {}, h("details", {},
        h("summary", {}, h("span", { class: "n" }, `${position}.`), h("span", { class: "mono" }, call.action, h("small", {}, ` as ${call.session}`)), h("span", { class: "mono" }, `${call.status} ${call.says}`, h("small", {}, ` ${call.elapsed_ms} ms`))),
        h("div", { class: "call" },
          h("p", { class: "mono wrap" }, `${call.method} ${call.url}`),
          call.request && h("div", {}, h("h4", {}, "Request"), h("pre", { tabindex: "0", "aria-label": `Request ${position}` }, call.request)),
          h("div", {}, h("h4", {}, "Answer"), h("pre", { tabindex: "0", "aria-label": `Answer ${position}` }, call.answer || "(empty)")),
          call.curl && line(call.curl, `curl line of call ${position}`))));
    }
    function findingBody(each) {
      const known = requirement.get(each.requirement);
      const rest = each.subjects.slice(1);
      return h("div", { class: "body" },
        h("div", { class: "pair" },
          h("div", { class: "expected" }, h("h4", {}, "Expected"), h("div", { class: "value", tabindex: "0", role: "group", "aria-label": "Expected" }, pieces(each.expected))),
          h("div", { class: "actual" }, h("h4", {}, "Actual"), h("div", { class: "value", tabindex: "0", role: "group", "aria-label": "Actual" }, pieces(each.actual)))),
        h("dl", { class: "meta" },
          h("dt", {}, "Rule"), h("dd", {}, h("span", { class: "mono" }, each.requirement), ` ${each.level}. ${known?.statement || ""}`),
          h("dt", {}, "Where"), h("dd", { class: "mono" }, each.where),
          each.hint && [h("dt", {}, "Hint"), h("dd", {}, each.hint)],
          h("dt", {}, "Source"), h("dd", {}, known?.source || "not recorded"),
          rest.length > 0 && [h("dt", {}, "Also in"), h("dd", { class: "mono" }, rest.join(", "), each.more ? ` and ${number(each.more)} more` : "")],
          each.waived && [h("dt", {}, "Waived"), h("dd", {}, `until ${each.waived.expires}: ${each.waived.reason}`, each.waived.owner ? ` (${each.waived.owner})` : "", each.waived.issue ? ` ${each.waived.issue}` : "")],
          h("dt", {}, "Link"), h("dd", {}, h("a", { href: `#${each.id}` }, each.id))),
        each.calls.length > 0 && h("div", {}, h("h4", {}, `The calls of ${each.subjects[0]}`), h("ol", { class: "calls" }, each.calls.map((n, index) => callItem(n, index + 1)))),
        h("div", {}, h("h4", {}, "See it again"), line(each.replay, "replay line")));
    }
    function fill(details) {
      if (details.dataset.filled) return;
      details.dataset.filled = "yes";
      details.append(findingBody(data.findings[Number(details.dataset.index)]));
    }
    const indexOf = new Map(data.findings.map((each, index) => [each.id, index]));
    function findingItem(each) {
      const count = each.subjects.length + each.more;
      const details = h("details", { class: `finding${each.waived ? " waived" : ""}`, id: each.id, "data-index": String(indexOf.get(each.id)) },
        h("summary", {}, h("span", { class: "mono wrap" }, each.subjects[0]), h("span", { class: "gist" }, `${each.where}: ${gist(each.actual)}`),
          h("span", { class: "count" }, each.waived ? h("span", { class: "tag o-waived" }, "waived") : "", count > 1 ? h("small", {}, ` ${number(count)} subjects`) : "")));
      details.addEventListener("toggle", () => { if (details.open) fill(details); });
      return details;
    }
    let showAll = false;
    const MOST = 60;
    function drawFindings(list) {
      const groups = Map.groupBy(showAll ? list : list.slice(0, MOST), (each) => each.requirement);
      const nodes = [...groups].map(([id, members]) => {
        const known = requirement.get(id);
        return h("article", { class: "group" },
          h("header", {}, h("h3", {}, h("span", { class: `level ${members[0].level}` }, members[0].level), h("span", {}, known?.statement || id), h("span", { class: "mono" }, id))),
          members.map(findingItem));
      });
      if (!list.length) nodes.push(h("p", { class: "soft" }, data.findings.length ? "No finding fits the filter." : "None. What was judged holds."));
      if (list.length > MOST && !showAll) nodes.push(h("button", { type: "button", class: "more", onclick: () => { showAll = true; drawFindings(list); } }, `Show all ${number(list.length)}`));
      byId("findings-list").replaceChildren(...nodes);
    }

    // Checks.
    function drawChecks() {
      const pages = Math.max(1, Math.ceil(matching.length / PAGE));
      page = Math.min(page, pages - 1);
      const first = page * PAGE;
      const shown = matching.subarray(first, first + PAGE);
      const rows = Array.from(shown, (i) => {
        const known = requirements[columns.r[i]];
        const outcome = data.outcomes[columns.o[i]];
        const subject = data.subjects[columns.s[i]];
        const finding = columns.o[i] && (outcome === "failed" || outcome === "waived") ? findingOf.get(`${known.id} ${subject}`) : null;
        return h("tr", {}, h("td", {}, h("span", { class: `tag o-${outcome}` }, words(outcome))), h("td", { class: "mono id" }, known.id), h("td", { class: "mono wide" }, subject),
          h("td", { class: "wide opt" }, finding ? h("a", { href: `#${finding}` }, finding) : data.reasons[columns.why[i]] || h("span", { class: "soft" }, known.statement)), h("td", { class: "num opt" }, `${number(columns.ms[i])} ms`));
      });
      const turn = (step) => () => { page += step; drawChecks(); byId(step > 0 ? "next" : "previous")?.focus(); };
      const told = matching.length ? `${number(first + 1)}–${number(first + shown.length)} of ${number(matching.length)}` : "No check fits the filter.";
      byId("checks-table").replaceChildren(
        h("table", { class: "rows" }, h("caption", { class: "out" }, "Checks that fit the filter"),
          h("thead", {}, h("tr", {}, ["Outcome", "Requirement", "Subject"].map((text) => h("th", { scope: "col" }, text)), h("th", { scope: "col", class: "opt" }, "Why, or what holds"), h("th", { scope: "col", class: "num opt" }, "Time"))),
          h("tbody", {}, rows)),
        h("div", { class: "pager" }, h("button", { type: "button", id: "previous", disabled: page === 0, onclick: turn(-1) }, "Previous"), h("span", {}, told), h("button", { type: "button", id: "next", disabled: page + 1 >= pages, onclick: turn(1) }, "Next")));
    }
    const findingOf = new Map();
    for (const each of data.findings) for (const subject of each.subjects) if (!findingOf.has(`${each.requirement} ${subject}`)) findingOf.set(`${each.requirement} ${subject}`, each.id);

    // The matrix.
    const worst = new Map();
    for (let i = 0; i < total; i++) {
      const service = data.services[data.serviceOf[columns.s[i]]] || "(no service)";
      if (!worst.has(service)) worst.set(service, new Map());
      const row = worst.get(service);
      const area = requirements[columns.r[i]].area;
      const cell = row.get(area) || { worst: 0, all: 0, counts: new Map() };
      cell.worst = Math.max(cell.worst, columns.o[i]);
      cell.all += 1;
      cell.counts.set(columns.o[i], (cell.counts.get(columns.o[i]) || 0) + 1);
      row.set(area, cell);
    }
    const FIRST_BAD = data.outcomes.indexOf("waived");
    let troubledOnly = false;
    function matrixRows() {
      const named = [...worst.keys()].filter((name) => name !== "(no service)").toSorted();
      const all = worst.has("(no service)") ? ["(no service)", ...named] : named;
      return troubledOnly ? all.filter((name) => [...worst.get(name).values()].some((cell) => cell.worst >= FIRST_BAD)) : all;
    }
    const matrixAreas = areas.filter((area) => [...worst.values()].some((row) => row.has(area)));
    function cellButton(service, area) {
      const cell = worst.get(service).get(area);
      if (!cell) return h("td", {}, h("span", { class: "empty" }));
      const outcome = data.outcomes[cell.worst];
      const told = `${service}, ${area}: ${[...cell.counts].sort(([a], [b]) => b - a).map(([o, n]) => `${number(n)} ${words(data.outcomes[o])}`).join(", ")}`;
      return h("td", {}, h("button", { type: "button", tabindex: "-1", class: `o-${outcome}`, "aria-label": told, title: told, "data-service": service, "data-area": area, "data-outcome": outcome }, GLYPHS[outcome]));
    }
    function drawMatrix() {
      const names = matrixRows();
      const width = byId("matrix").clientWidth || 1100;
      const each = 190 + matrixAreas.length * 22;
      const across = Math.max(1, Math.min(3, Math.floor((width + 24) / (each + 24)), Math.ceil(names.length / 12)));
      const height = Math.ceil(names.length / across);
      const tables = [];
      for (let at = 0; at < names.length; at += height) {
        const part = names.slice(at, at + height);
        tables.push(h("table", {}, h("caption", { class: "out" }, `Services ${part[0]} to ${part.at(-1)} by area`),
          h("thead", {}, h("tr", {}, h("td", {}), matrixAreas.map((area) => h("th", { scope: "col" }, h("span", {}, area))))),
          h("tbody", {}, part.map((service) => h("tr", {}, h("th", { scope: "row", title: service }, service), matrixAreas.map((area) => cellButton(service, area)))))));
      }
      byId("matrix").replaceChildren(...(tables.length ? tables : [h("p", { class: "soft" }, "No service has trouble.")]));
      byId("matrix").querySelector("button")?.setAttribute("tabindex", "0");
      const troubled = h("label", {}, h("input", { type: "checkbox", id: "troubled" }), " only services with trouble");
      troubled.querySelector("input").checked = troubledOnly;
      troubled.addEventListener("change", (event) => { troubledOnly = event.target.checked; drawMatrix(); byId("troubled").focus(); });
      byId("matrix-key").replaceChildren(
        ...data.outcomes.map((word, index) => [word, index]).filter(([, index]) => present.has(index)).reverse()
          .map(([word]) => h("span", {}, h("span", { class: `square o-${word}`, "aria-hidden": "true" }, GLYPHS[word]), words(word))), troubled);
    }
    byId("matrix").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const bad = data.outcomes.indexOf(button.dataset.outcome) >= FIRST_BAD;
      set({ q: "", level: "", area: button.dataset.area, service: button.dataset.service === "(no service)" ? "" : button.dataset.service, outcome: bad ? button.dataset.outcome : "" });
      byId("checks").scrollIntoView();
      byId("checks-title").setAttribute("tabindex", "-1");
      byId("checks-title").focus({ preventScroll: true });
    });
    byId("matrix").addEventListener("keydown", (event) => {
      const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
      const step = steps[event.key];
      const from = event.target.closest("td");
      if (!step || !from) return;
      event.preventDefault();
      const table = from.closest("table");
      let row = from.parentElement.rowIndex;
      let column = from.cellIndex;
      for (;;) {
        row += step[0];
        column += step[1];
        const cell = row > 0 ? table.rows[row]?.cells[column] : null;
        if (!cell || column < 1) return;
        const button = cell.querySelector("button");
        if (!button) continue;
        byId("matrix").querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
        button.setAttribute("tabindex", "0");
        button.focus();
        return;
      }
    });

    // Latency.
    let allTimes = false;
    function drawLatency() {
      const sorted = data.latency.toSorted((a, b) => b[3] - a[3]);
      if (!sorted.length) {
        byId("latency-table").replaceChildren(h("p", { class: "soft" }, "Not recorded."));
        return;
      }
      const low = Math.log10(Math.max(0.1, Math.min(...sorted.map((each) => each[2]))));
      const high = Math.log10(Math.max(1, Math.max(...sorted.map((each) => each[5]))) * 1.05);
      const [from, to] = [Math.floor(low), Math.max(Math.floor(low) + 1, high)];
      const x = (ms) => (1000 * (Math.log10(Math.max(ms, 10 ** from)) - from)) / (to - from);
      const ticks = Array.from({ length: Math.floor(to) - from + 1 }, (_, index) => from + index);
      const tick = (power) => (power >= 3 ? `${10 ** (power - 3)} s` : `${10 ** power} ms`);
      const plot = ([, , p50, p90, p99, max]) => svg("svg", { viewBox: "0 0 1000 16", preserveAspectRatio: "none", "aria-hidden": "true" },
        ...ticks.map((power) => svg("line", { class: "grid", x1: x(10 ** power), x2: x(10 ** power), y1: 0, y2: 16, "vector-effect": "non-scaling-stroke" })),
        svg("line", { class: "whisker", x1: x(p50), x2: x(p99), y1: 8, y2: 8, "vector-effect": "non-scaling-stroke" }),
        svg("rect", { class: "box", x: x(p50), width: Math.max(4, x(p90) - x(p50)), y: 4, height: 8 }),
        svg("rect", { class: "far", x: x(max) - 2, width: 4, y: 5, height: 6 }));
      const ms = (value) => (value >= 100 ? number(Math.round(value)) : value.toFixed(1));
      const rows = (allTimes ? sorted : sorted.slice(0, SLOWEST)).map((each) => h("tr", {}, h("th", { scope: "row", class: "mono" }, each[0]), h("td", { class: "num opt" }, number(each[1])), h("td", { class: "num" }, ms(each[2])), h("td", { class: "num" }, ms(each[3])), h("td", { class: "num opt" }, ms(each[4])), h("td", { class: "num opt" }, ms(each[5])), h("td", { class: "plot" }, plot(each))));
      byId("latency-table").replaceChildren(
        h("table", { class: "rows" }, h("caption", { class: "out" }, "Latency by action in milliseconds"),
          h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Action"), h("th", { scope: "col", class: "num opt" }, "Requests"), h("th", { scope: "col", class: "num" }, "p50 ms"), h("th", { scope: "col", class: "num" }, "p90"), h("th", { scope: "col", class: "num opt" }, "p99"), h("th", { scope: "col", class: "num opt" }, "max"), h("th", { scope: "col", class: "plot" }, `From ${tick(ticks[0])}${ticks.length > 1 ? `; lines at ${ticks.slice(1).map(tick).join(", ")}` : ""}`))),
          h("tbody", {}, rows)),
        h("div", { class: "pager" }, sorted.length > SLOWEST && h("button", { type: "button", "aria-expanded": String(allTimes), onclick: () => { allTimes = !allTimes; drawLatency(); } }, allTimes ? "Show the slowest only" : `Show all ${number(sorted.length)} actions`)));
    }

    // The filter's state is in the address, so that it can be sent to somebody.
    function apply({ keepAddress = false } = {}) {
      const want = wanted();
      matching = filterChecks(want);
      const list = filterFindings(want);
      page = 0;
      showAll = false;
      drawFindings(list);
      drawChecks();
      const some = NAMES.some((name) => want[name]);
      fields.told.value = some ? `${number(list.length)} of ${number(data.findings.length)} findings\n${number(matching.length)} of ${number(total)} checks` : "";
      if (!keepAddress) {
        const query = new URLSearchParams(NAMES.filter((name) => want[name]).map((name) => [name, want[name]]));
        history.replaceState(null, "", query.size ? `#?${query}` : location.pathname + location.search);
      }
    }
    function set(values, options) {
      for (const name of NAMES) if (name in values) fields[name].value = values[name];
      apply(options);
    }
    function followAddress() {
      const hash = decodeURIComponent(location.hash.slice(1));
      if (hash.startsWith("?")) {
        const query = new URLSearchParams(hash.slice(1));
        set(Object.fromEntries(NAMES.map((name) => [name, query.get(name) || ""])), { keepAddress: true });
        byId("filters").scrollIntoView();
      } else if (indexOf.has(hash)) {
        if (!byId(hash)) { form.reset(); apply({ keepAddress: true }); }
        if (!byId(hash)) { showAll = true; drawFindings(data.findings); }
        const details = byId(hash);
        details.open = true;
        fill(details);
        details.scrollIntoView({ behavior: "instant" });
        details.querySelector("summary").focus({ preventScroll: true });
      }
    }
    let waiting = 0;
    form.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(() => apply()); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => requestAnimationFrame(() => apply()));
    addEventListener("hashchange", followAddress);
    addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(drawMatrix); });
    addEventListener("beforeprint", () => {
      for (const details of document.querySelectorAll("details.finding")) { details.open = true; fill(details); }
    });
    apply({ keepAddress: true });
    drawMatrix();
    drawLatency();
    followAddress();
    document.documentElement.dataset.ready = "yes";
  }
})();
