import Hashing

/// The style sheet and the script of a page. Their digests stand in the page's policy, so nothing else runs in it.
enum PageAssets {
    static let style =
        ":root{color-scheme:light dark;" + lightVariables + "}"
        + "@media(prefers-color-scheme:dark){:root{" + darkVariables + "}}"
        + "@media print{:root{" + lightVariables + "}body{max-width:none}.tip,.legend button[aria-pressed=false]"
        + "{display:none}section{break-inside:avoid}}"
            + """
            *{box-sizing:border-box}
            body{margin:0 auto;max-width:1100px;padding:1rem 1.25rem 3rem;background:var(--paper);color:var(--text);
            font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
            h1{font-size:1.4rem;margin:.4rem 0 .1rem}
            h2{font-size:1.05rem;margin:0 0 .1rem;overflow-wrap:anywhere}
            section{margin:1.2rem 0;padding:1rem;border:1px solid var(--line);border-radius:8px;background:var(--card)}
            .from,.tip,footer,.lead{color:var(--soft);font-size:.85rem;margin:.1rem 0 .5rem;overflow-wrap:anywhere}
            .problem{color:var(--bad);font-size:.9rem;margin:.2rem 0;overflow-wrap:anywhere;white-space:pre-line}
            svg{display:block;width:100%;max-width:760px;height:auto}
            svg.matrix{width:auto;max-width:100%}
            svg text{fill:var(--text);font-size:12px}
            .axis path{fill:none;stroke:var(--soft)}
            .grid line{stroke:var(--line)}
            .middle{text-anchor:middle}.end{text-anchor:end}.label{font-weight:600}
            .series .line,.key .line{fill:none;stroke:var(--ink);stroke-width:1.8;stroke-linejoin:round}
            .series .faint{opacity:.28}
            .series circle{fill:var(--ink)}
            .series>path:not(.line),.key>path:not(.line){fill:var(--ink);fill-opacity:.65;stroke:var(--ink);stroke-width:.6}
            .bar rect{fill:var(--ink)}
            .off{display:none}
            .rule{stroke:var(--soft);stroke-dasharray:3 3}
            .ground{fill:var(--card);stroke:var(--line)}
            .fill{fill:var(--c0)}
            .cell.strong text{fill:var(--onfill)}
            .legend{display:flex;flex-wrap:wrap;gap:.3rem .5rem;margin:.5rem 0 0}
            .legend button{display:flex;align-items:center;gap:.4rem;font:inherit;font-size:.85rem;color:inherit;
            background:none;border:1px solid var(--line);border-radius:999px;padding:.1rem .6rem;cursor:pointer}
            .legend button[aria-pressed=false]{opacity:.45;text-decoration:line-through}
            .legend svg{width:26px;height:12px}
            .panels{display:flex;flex-wrap:wrap;gap:1rem}
            figure{margin:0;max-width:100%}
            figcaption{font-size:.85rem;color:var(--soft);overflow-wrap:anywhere}
            figure img{display:block;max-width:100%;height:auto;background:#fff;border:1px solid var(--line)}
            """ + Palette.rules + PageBlock.style

    private static let lightVariables =
        "--paper:#f6f7f9;--card:#fff;--text:#1c1e21;--soft:#5c6370;--line:#dfe3e8;--bad:#a3211b;--onfill:#fff;"
        + Palette.variables(Palette.light)
    private static let darkVariables =
        "--paper:#15171a;--card:#1d2024;--text:#e8eaed;--soft:#a2a9b4;--line:#353a42;--bad:#ff9d94;--onfill:#10151a;"
        + Palette.variables(Palette.dark)

    /// Lets the legend hide series, and tells the values at the pointer.
    static let script = """
        "use strict";
        for (const chart of document.querySelectorAll(".chart")) {
          const series = [...chart.querySelectorAll(".series")];
          chart.querySelectorAll(".legend button").forEach((button, index) => {
            button.addEventListener("click", () => {
              const shown = button.getAttribute("aria-pressed") !== "true";
              button.setAttribute("aria-pressed", shown);
              series[index].classList.toggle("off", !shown);
            });
          });
          const svg = chart.querySelector("svg[data-x]"), tip = chart.querySelector(".tip");
          if (!svg || !tip) continue;
          const start = tip.textContent, rule = svg.querySelector(".rule");
          const numbers = (text) => text.split(" ").map(Number);
          const [x0, x1, left, right] = numbers(svg.dataset.x), [y0, y1, bottom, top] = numbers(svg.dataset.y);
          const at = (v, v0, v1, p0, p1) => p0 + (v - v0) / (v1 - v0) * (p1 - p0);
          const name = (v, names) => names === undefined ? v : names.split("\\n")[Math.round(v)];
          let data = null;
          const read = () => series.map((g) => g.dataset.values.split(" ").filter(Boolean).map((pair) => {
            const [x, y] = pair.split(",").map(Number);
            return [at(x, x0, x1, left, right), at(y, y0, y1, bottom, top), x, y];
          }));
          svg.addEventListener("pointermove", (event) => {
            data = data || read();
            const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
            const px = (event.clientX - box.left) * scale, py = (event.clientY - box.top) * scale;
            const far = (p) => "lines" in svg.dataset ? Math.abs(p[0] - px) : Math.hypot(p[0] - px, p[1] - py);
            let near = series.map((g, i) => [g, data[i].reduce((a, p) => !a || far(p) < far(a) ? p : a, null)])
              .filter(([g, p]) => p && !g.classList.contains("off"));
            if (!near.length) return;
            const closest = near.reduce((a, b) => far(b[1]) < far(a[1]) ? b : a);
            if (!("lines" in svg.dataset)) near = [closest];
            rule.setAttribute("x1", closest[1][0]); rule.setAttribute("x2", closest[1][0]);
            tip.textContent = svg.dataset.xlabel + " " + name(closest[1][2], svg.dataset.xnames) + " · " +
              near.filter(([, p]) => p[2] === closest[1][2])
                .map(([g, p]) => g.dataset.name + ": " + name(p[3], svg.dataset.ynames)).join(" · ");
          });
          svg.addEventListener("pointerleave", () => {
            tip.textContent = start; rule.setAttribute("x1", -9); rule.setAttribute("x2", -9);
          });
        }
        """

    /// What the page may do: show pictures that are in it, with this style and this script, and nothing else.
    static let policy =
        "default-src 'none'; img-src data:; style-src '\(digest(style))'; script-src '\(digest(script))'; "
        + "base-uri 'none'; form-action 'none'"

    private static func digest(_ text: String) -> String {
        "sha256-" + Base64.encode(SHA256.digest(of: Array(text.utf8)))
    }
}
