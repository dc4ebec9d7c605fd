"""Tables and JSON of what was measured."""
import dataclasses
import os
import platform
import statistics


def middle(samples, field):
    """The median over the rounds that went right, or None."""
    values = [getattr(sample, field) for sample in samples if not sample.problem]
    return statistics.median(values) if values else None


def as_json(results, options):
    return {
        "machine": machine(), "size": options.size, "rounds": options.rounds, "seed": options.seed,
        "workloads": {
            name: {
                "description": result["description"],
                "steps": {
                    step: {engine: [dataclasses.asdict(sample) for sample in samples]
                           for engine, samples in by_engine.items()}
                    for step, by_engine in result["steps"].items()
                },
            }
            for name, result in results.items()
        },
    }


def machine():
    return "%s, %d cores, Linux %s, Python %s" % (
        platform.machine(), os.cpu_count(), platform.release(), platform.python_version())


def as_markdown(results, titles):
    lines = [machine(), ""]
    for result in results.values():
        engines = [name for name in ("varve", "dvc", "floor")
                   if any(name in by_engine for by_engine in result["steps"].values())]
        heads = ["step"] + ["%s: wall s, CPU s, MiB" % name for name in engines]
        if "floor" in engines:
            heads.append("varve/floor: wall, CPU")
        if "dvc" in engines:
            heads.append("dvc/varve: wall, CPU")
        lines += ["### " + result["description"], "", row(heads), row(["---"] + ["---:"] * (len(heads) - 1))]
        for step, by_engine in result["steps"].items():
            cells = [titles[step]] + [cell(by_engine.get(engine, [])) for engine in engines]
            if "floor" in engines:
                cells.append(ratio(by_engine, "varve", "floor"))
            if "dvc" in engines:
                cells.append(ratio(by_engine, "dvc", "varve"))
            lines.append(row(cells))
        lines.append("")
    return "\n".join(lines)


def row(cells):
    return "| " + " | ".join(cells) + " |"


def cell(samples):
    wall, cpu, peak = (middle(samples, field) for field in ("wall", "cpu", "peak"))
    if wall is None:
        return "wrong" if samples else ""
    return "%s, %s, %d" % (short(wall), short(cpu), peak >> 10)


def short(seconds):
    return "%.3f" % seconds if seconds < 1 else "%.2f" % seconds


def ratio(by_engine, above, below):
    parts = []
    for field in ("wall", "cpu"):
        over, under = (middle(by_engine.get(engine, []), field) for engine in (above, below))
        parts.append("%.2f" % (over / under) if over is not None and under else "–")
    return ", ".join(parts)
