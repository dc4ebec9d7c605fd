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
            .weak{opacity:.35}.heavy .line{stroke-width:3}
            .tint{fill:var(--ink);stroke:none}
            .field{opacity:.85}
            .spots circle{stroke:var(--card);stroke-width:.8}
            .framed circle{stroke:var(--text);stroke-width:1}
            .field~.grid line{opacity:.3}
            .best{fill:var(--c1);stroke:var(--card);stroke-width:1.2;stroke-linejoin:round}
            .strand{fill:none}
            .strand path{stroke:var(--ink);stroke-width:1.5;stroke-opacity:.75;fill:none}
            .many .strand path{stroke-width:1;stroke-opacity:.5}
            .strand.best{stroke:none}
            .strands .strand.best path{stroke:var(--c1);stroke-width:3.4;stroke-opacity:1}
            .strands .strand:hover path{stroke-width:4;stroke-opacity:1}
            .halo text{paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
            .halo circle{fill:var(--soft)}
            .choice{fill:transparent;cursor:ns-resize;touch-action:none}
            .chosen{fill:var(--text);fill-opacity:.25;pointer-events:none}
            .span rect{fill:var(--ink)}.span text{fill:var(--onfill);pointer-events:none}
            svg.ramp{max-width:360px;margin:.2rem 0}
            svg.parallel{max-width:none;width:auto;min-width:100%}
            nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.9rem}
            nav a{color:var(--c0)}
            figure.small{flex:1 1 420px;max-width:520px}
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
            """ + Palette.rules + Ramp.rules + PageBlock.style

    private static let lightVariables =
        "--paper:#f6f7f9;--card:#fff;--text:#1c1e21;--soft:#5c6370;--line:#dfe3e8;--bad:#a3211b;--onfill:#fff;"
        + Palette.variables(Palette.light) + Ramp.lightVariables
    private static let darkVariables =
        "--paper:#15171a;--card:#1d2024;--text:#e8eaed;--soft:#a2a9b4;--line:#353a42;--bad:#ff9d94;--onfill:#10151a;"
        + Palette.variables(Palette.dark) + Ramp.darkVariables

    /// Lets the legend hide series, and tells the values at the pointer.
    static let script = """
        "use strict";
        // Parallel axes: a range drawn along an axis leaves the lines that pass there.
        function choose(chart) {
          const svg = chart.querySelector("svg.parallel");
          if (!svg) return;
          const ranges = new Map(), marks = svg.querySelectorAll(".chosen");
          const show = () => svg.querySelectorAll(".strand").forEach((strand) => {
            const places = strand.dataset.at.split(" ").map(Number);
            const passes = [...ranges].every(([axis, [a, b]]) => places[axis] >= a && places[axis] <= b);
            strand.classList.toggle("off", !passes);
          });
          svg.querySelectorAll(".choice").forEach((rect) => {
            const axis = Number(rect.dataset.axis);
            let from = null;
            const height = (event) => {
              const box = svg.getBoundingClientRect();
              return (event.clientY - box.top) * svg.viewBox.baseVal.height / box.height;
            };
            const set = (range) => {
              if (range) ranges.set(axis, range); else ranges.delete(axis);
              marks[axis].setAttribute("y", range ? range[0] : 0);
              marks[axis].setAttribute("height", range ? range[1] - range[0] : 0);
              show();
            };
            rect.addEventListener("pointerdown", (event) => {
              from = height(event); rect.setPointerCapture(event.pointerId); set(null);
            });
            rect.addEventListener("pointermove", (event) => {
              if (from === null) return;
              const to = height(event);
              set(Math.abs(to - from) < 3 ? null : [Math.min(from, to), Math.max(from, to)]);
            });
            rect.addEventListener("pointerup", () => { from = null; });
          });
        }
        for (const chart of document.querySelectorAll(".chart")) {
          const series = [...chart.querySelectorAll(".series")];
          chart.querySelectorAll(".legend button").forEach((button) => {
            button.addEventListener("click", () => {
              const shown = button.getAttribute("aria-pressed") !== "true";
              button.setAttribute("aria-pressed", shown);
              for (const index of button.dataset.series.split(" ")) series[index].classList.toggle("off", !shown);
            });
          });
          const svg = chart.querySelector("svg[data-x]"), tip = chart.querySelector(".tip");
          if (!tip) continue;
          const start = tip.textContent;
          if (!svg) {
            chart.addEventListener("pointerover", (event) => {
              const sign = event.target.closest(".tell");
              tip.textContent = sign ? sign.querySelector("title").textContent : start;
            });
            choose(chart);
            continue;
          }
          const rule = svg.querySelector(".rule");
          const numbers = (text) => text.split(" ").map(Number);
          const [x0, x1, left, right] = numbers(svg.dataset.x), [y0, y1, bottom, top] = numbers(svg.dataset.y);
          const part = (v, v0, v1) => (v - v0) / (v1 - v0);
          const at = (v, v0, v1, p0, p1, log) =>
            p0 + (log ? part(Math.log(v), Math.log(v0), Math.log(v1)) : part(v, v0, v1)) * (p1 - p0);
          const name = (v, names) => names === undefined ? v : names.split("\\n")[Math.round(v)];
          let data = null;
          const read = () => series.map((g) => g.dataset.values.split(" ").filter(Boolean).map((pair) => {
            const [x, y] = pair.split(",").map(Number);
            return [at(x, x0, x1, left, right, "xlog" in svg.dataset), at(y, y0, y1, bottom, top, "ylog" in svg.dataset),
              x, y];
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
