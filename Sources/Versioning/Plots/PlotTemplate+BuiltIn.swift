import Documents

// The templates that DVC comes with, as data: other programs read the filled ones, so they are the same value by value.
extension PlotTemplate {
    /// In the order in which `plots templates` names them.
    package static let builtIn: [PlotTemplate] = [
        PlotTemplate("simple", simple),
        PlotTemplate("linear", smoothable),
        PlotTemplate("confusion", confusion(isNormalized: false)),
        PlotTemplate("confusion_normalized", confusion(isNormalized: true)),
        PlotTemplate("scatter", scatter),
        PlotTemplate("scatter_jitter", jitter),
        PlotTemplate("smooth", smoothable),
        PlotTemplate("bar_horizontal_sorted", bars(isSorted: true)),
        PlotTemplate("bar_horizontal", bars(isSorted: false)),
    ]

    package static func builtIn(named name: String) -> PlotTemplate? { builtIn.first { $0.name == name } }

    /// What draws a plot that names no template.
    static let initial = "linear"

    /// A template as every one begins.
    private init(_ name: String, _ rest: [(key: String, value: Value)]) {
        var content: [(key: String, value: Value)] = [
            ("$schema", "https://vega.github.io/schema/vega-lite/v5.json"),
            ("data", ["values": a("data")]),
            ("title", ["text": a("title"), "anchor": "middle"]),
        ]
        content += rest
        self.init(name: name, content: Mapping(content))
    }

    private typealias Part = [(key: String, value: Value)]

    private static let size: Part = [("width", a("plot_width")), ("height", a("plot_height"))]

    // MARK: Parts

    private static let quantitativeX: Value = ["field": a("x"), "type": "quantitative", "title": a("x_label")]
    private static let quantitativeY: Value = ["field": a("y"), "type": "quantitative", "title": a("y_label")]
    private static let unboundY: Value = [
        "field": a("y"), "type": "quantitative", "title": a("y_label"), "scale": ["zero": false],
    ]
    private static let revisionColor: Value = ["field": "rev", "type": "nominal"]
    private static let dataTooltip: Value = ["content": "data"]

    // MARK: Lines

    private static let simple: Part =
        [("params", [a("zoom_and_pan")])] + size + [
            ("mark", ["type": "line", "tooltip": dataTooltip]),
            (
                "encoding",
                [
                    "x": quantitativeX, "y": unboundY, "color": a("color"), "strokeDash": a("stroke_dash"),
                    "tooltip": a("tooltip"),
                ]
            ),
        ]

    /// Lines with a slider that smooths them, a faint line of the data behind, and a rule at the pointer.
    private static let smoothable: Part =
        size + [
            (
                "params",
                [
                    [
                        "name": "smooth", "value": 0.001,
                        "bind": ["input": "range", "min": 0.001, "max": 1, "step": 0.001],
                    ]
                ]
            ),
            ("encoding", ["x": quantitativeX, "color": a("color"), "strokeDash": a("stroke_dash")]),
            ("layer", [smoothedLayer, rawLayer, lastPointLayer, pointerLayer]),
        ]

    private static let smoothedLayer: Value = [
        "layer": [
            ["params": [a("zoom_and_pan")], "mark": "line"],
            ["transform": [["filter": ["param": "hover", "empty": false]]], "mark": "point"],
        ],
        "encoding": ["y": unboundY, "color": revisionColor],
        "transform": [
            ["loess": a("y"), "on": a("x"), "groupby": a("group_by"), "bandwidth": ["signal": "smooth"]]
        ],
    ]
    private static let rawLayer: Value = [
        "mark": ["type": "line", "opacity": 0.2],
        "encoding": ["x": quantitativeX, "y": unboundY, "color": revisionColor],
    ]
    private static let lastPointLayer: Value = [
        "mark": ["type": "circle", "size": 10],
        "encoding": [
            "x": ["aggregate": "max", "field": a("x"), "type": "quantitative", "title": a("x_label")],
            "y": [
                "aggregate": ["argmax": a("x")], "field": a("y"), "type": "quantitative", "title": a("y_label"),
                "scale": ["zero": false],
            ],
            "color": revisionColor,
        ],
    ]
    private static let pointerLayer: Value = [
        "transform": [
            ["calculate": a("pivot_field"), "as": "pivot_field"],
            ["pivot": "pivot_field", "op": "mean", "value": a("y"), "groupby": [a("x")]],
        ],
        "mark": ["type": "rule", "tooltip": dataTooltip, "stroke": "grey"],
        "encoding": ["opacity": ["condition": ["value": 0.3, "param": "hover", "empty": false], "value": 0]],
        "params": [
            [
                "name": "hover",
                "select": [
                    "type": "point", "fields": [a("x")], "nearest": true, "on": "mouseover", "clear": "mouseout",
                ],
            ]
        ],
    ]

    // MARK: Points

    private static let pointMark: Value = ["type": "point", "tooltip": dataTooltip]

    private static let scatter: Part =
        size + [
            ("mark", pointMark),
            ("params", [a("zoom_and_pan")]),
            (
                "encoding",
                [
                    "x": quantitativeX, "y": quantitativeY, "color": a("color"), "shape": a("shape"),
                    "tooltip": a("tooltip"),
                ]
            ),
        ]

    private static let jitter: Part =
        size + [
            (
                "transform",
                [["calculate": "random()", "as": "randomX"], ["calculate": "random()", "as": "randomY"]]
            ),
            ("mark", pointMark),
            (
                "encoding",
                [
                    "x": ["field": a("x"), "title": a("x_label")], "y": ["field": a("y"), "title": a("y_label")],
                    "color": a("color"), "shape": a("shape"), "tooltip": a("tooltip"),
                    "xOffset": ["field": "randomX", "type": "quantitative"],
                    "yOffset": ["field": "randomY", "type": "quantitative"],
                ]
            ),
        ]

    // MARK: Bars

    private static func bars(isSorted: Bool) -> Part {
        var y: Mapping = Mapping([("field", a("y")), ("type", "nominal"), ("title", a("y_label"))])
        if isSorted { y["sort"] = "-x" }
        return size + [
            ("mark", ["type": "bar"]),
            ("params", [a("zoom_and_pan")]),
            (
                "encoding",
                [
                    "x": [
                        "field": a("x"), "type": "quantitative", "title": a("x_label"), "scale": ["zero": false],
                    ],
                    "y": .mapping(y), "yOffset": ["field": "rev", "sort": []], "color": a("color"),
                    "column": a("column"),
                ]
            ),
        ]
    }

    // MARK: Confusion matrices

    private static func confusion(isNormalized: Bool) -> Part {
        let facet: (String, Value) = ("facet", ["column": ["field": "rev", "sort": []], "row": a("row")])
        let showsValues: Part =
            isNormalized ? [] : [("params", [["name": "showValues", "bind": ["input": "checkbox"]]])]
        let spec: Value = [
            "transform": .array(matrixTransform(isNormalized)),
            "encoding": [
                "x": ["field": a("x"), "type": "nominal", "sort": "ascending", "title": a("x_label")],
                "y": ["field": a("y"), "type": "nominal", "sort": "ascending", "title": a("y_label")],
            ],
            "layer": .array(matrixLayers(isNormalized)),
        ]
        return [facet] + showsValues + [("spec", spec)]
    }

    private static func matrixTransform(_ isNormalized: Bool) -> [Value] {
        func impute(_ group: Value, _ key: String) -> Value {
            ["impute": "xy_count", "groupby": group, "key": a(key), "value": 0]
        }
        func total(_ operation: Value, as name: Value, by group: Value) -> Value {
            ["joinaggregate": [["op": operation, "field": "xy_count", "as": name]], "groupby": group]
        }
        return [
            ["aggregate": [["op": "count", "as": "xy_count"]], "groupby": [a("y"), a("x")]],
            impute(isNormalized ? ["rev", a("y")] : a("group_by_y"), "x"),
            impute(a("group_by_x"), "y"),
            isNormalized ? total("sum", as: "sum_y", by: [a("y")]) : total("max", as: "max_count", by: []),
            isNormalized
                ? ["calculate": "datum.xy_count / datum.sum_y", "as": "percent_of_y"]
                : ["calculate": "datum.xy_count / datum.max_count", "as": "percent_of_max"],
        ]
    }

    private static func matrixLayers(_ isNormalized: Bool) -> [Value] {
        let value: Value = isNormalized ? "percent_of_y" : "xy_count"
        let scale: Value = isNormalized ? ["domain": [0, 1]] : ["domainMin": 0, "nice": true]
        let share = isNormalized ? "percent_of_y" : "percent_of_max"
        var tip = Mapping([("field", value), ("type", "quantitative")])
        if isNormalized { tip["format"] = ".2f" }
        var text = Mapping()
        if !isNormalized {
            text["text"] = [
                "condition": ["param": "showValues", "field": "xy_count", "type": "quantitative"]
            ]
        }
        text["color"] = [
            "condition": ["test": .string("datum.\(share) > 0.5"), "value": "white"], "value": "black",
        ]
        return [
            [
                "mark": "rect", "width": a("plot_width"), "height": a("plot_height"),
                "encoding": ["color": ["field": value, "type": "quantitative", "title": "", "scale": scale]],
            ],
            [
                "selection": [
                    "label": [
                        "type": "single", "on": "mouseover", "encodings": ["x", "y"], "empty": "none",
                        "clear": "mouseout",
                    ]
                ],
                "mark": "rect",
                "encoding": [
                    "tooltip": [
                        ["field": a("x"), "type": "nominal"], ["field": a("y"), "type": "nominal"], .mapping(tip),
                    ],
                    "opacity": ["condition": ["selection": "label", "value": 1], "value": 0],
                ],
            ],
            [
                "transform": [["filter": ["selection": "label"]]],
                "layer": [["mark": ["type": "rect", "color": "lightpink"]]],
            ],
            ["mark": "text", "encoding": .mapping(text)],
        ]
    }
}

private func a(_ name: String) -> Value { .string(PlotTemplate.anchor(name)) }
