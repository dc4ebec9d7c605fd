import Basics

/// Goes through a model's file and refuses what XGBoost's library would trip over.
///
/// Checked are: the parameters that are lengths; how many trees there are, and to which class and round each belongs; of
/// each tree that its lists are of one length, that from its root every node is reached once at most and both children of
/// a node exist, that a node asks for a column that there is, and that its sets of categories lie in their list; of a
/// linear booster how many weights it has; that names and attributes are words.
struct ModelCheck {
    private let root: ModelNode

    init(_ root: ModelNode) { self.root = root }

    func check() throws(Failure) -> ModelSummary {
        let learner = try object(root["learner"], "learner")
        let parameters = try object(learner["learner_model_param"], "learner_model_param")
        let features = try number(parameters, "num_feature", 0...(1 << 24))
        let classes = try number(parameters, "num_class", 0...(1 << 16), missing: 0)
        let targets = try number(parameters, "num_target", 0...(1 << 16), missing: 1)
        let outputs = max(1, classes) * max(1, targets)
        guard outputs <= 1 << 20 else { throw Failure("it has too many outputs") }
        let booster = try object(learner["gradient_booster"], "gradient_booster")
        let (name, rounds) = try check(booster, features: features, outputs: outputs, depth: 0)
        let objective = try object(learner["objective"], "objective")
        guard let objectiveName = objective["name"]?.text else { throw Failure("its objective has no name") }
        if let own = objective["softmax_multiclass_param"], try number(own, "num_class", 0...(1 << 16)) != classes {
            throw Failure("its objective has another number of classes")
        }
        return ModelSummary(
            version: try version(), booster: name, objective: objectiveName, featureCount: features,
            classCount: classes, roundCount: rounds, featureNames: try names(learner, features: features),
            attributes: try attributes(learner), baseScores: try baseScores(parameters, outputs: outputs),
            hasOwnCategories: (booster["model"]?["cats"]?["enc"]?.count ?? 0) > 0)
    }

    // MARK: Parts

    private func version() throws(Failure) -> XGBoostVersion {
        guard let numbers = root["version"]?.integers, numbers.count == 3,
            numbers.allSatisfy({ (0...9999).contains($0) })
        else { throw Failure("it does not say which version wrote it") }
        return XGBoostVersion(numbers[0], numbers[1], numbers[2])
    }

    private func check(
        _ booster: ModelNode, features: Int, outputs: Int, depth: Int
    ) throws(Failure) -> (name: String, rounds: Int) {
        guard let name = booster["name"]?.text else { throw Failure("its booster has no name") }
        switch name {
        case "gbtree":
            let model = try object(booster["model"], "model")
            return (name, try TreesCheck(model, features: features, outputs: outputs).check().rounds)
        case "dart" where depth == 0:
            let inner = try object(booster["gbtree"], "gbtree")
            let model = try object(inner["model"], "model")
            let found = try TreesCheck(model, features: features, outputs: outputs).check()
            guard booster["weight_drop"]?.numberCount == found.trees else {
                throw Failure("'weight_drop' does not hold a number for each tree")
            }
            return (name, found.rounds)
        case "gblinear":
            let model = try object(booster["model"], "model")
            let (weights, overflows) = (features + 1).multipliedReportingOverflow(by: outputs)
            guard !overflows, model["weights"]?.numberCount == weights else {
                throw Failure("'weights' does not hold a number for each column")
            }
            return (name, 0)
        default: throw Failure("there is no booster '\(name)'")
        }
    }

    private func names(_ learner: ModelNode, features: Int) throws(Failure) -> [String] {
        var names: [String] = []
        for key in ["feature_types", "feature_names"] {
            names = try words(learner[key], key)
            guard names.isEmpty || names.count == features else {
                throw Failure("'\(key)' has \(names.count) words for \(features) columns")
            }
        }
        return names
    }

    private func words(_ node: ModelNode?, _ key: String) throws(Failure) -> [String] {
        guard let node else { return [] }
        guard case .list(let items) = node else { throw Failure("'\(key)' is no list") }
        return try items.map { (item) throws(Failure) in
            guard let word = item.text else { throw Failure("'\(key)' holds something that is no word") }
            return word
        }
    }

    private func attributes(_ learner: ModelNode) throws(Failure) -> [String: String] {
        guard case .object(let entries)? = learner["attributes"] else { return [:] }
        var result: [String: String] = [:]
        for entry in entries {
            guard let text = entry.value.text else { throw Failure("the attribute '\(entry.key)' is no word") }
            result[entry.key] = text
        }
        return result
    }

    /// `5E-1`, and since 3.1 also `[5E-1]` or one for each class.
    private func baseScores(_ parameters: ModelNode, outputs: Int) throws(Failure) -> [String] {
        guard let text = parameters["base_score"]?.text else { throw Failure("'base_score' is missing") }
        var inner = text[...]
        if inner.hasPrefix("["), inner.hasSuffix("]") { inner = inner.dropFirst().dropLast() }
        let parts = inner.split(separator: ",").map { $0.filter { $0 != " " } }
        guard !parts.isEmpty, parts.allSatisfy({ Float($0)?.isFinite == true }) else {
            throw Failure("'base_score' is '\(text.prefix(40))', which is no number")
        }
        guard parts.count == 1 || parts.count == outputs else { throw Failure("'base_score' has a wrong length") }
        return parts
    }
}

/// The trees of a model.
struct TreesCheck {
    private let model: ModelNode
    private let features: Int
    private let outputs: Int

    init(_ model: ModelNode, features: Int, outputs: Int) {
        self.model = model
        self.features = features
        self.outputs = outputs
    }

    func check() throws(Failure) -> (trees: Int, rounds: Int) {
        let parameters = try object(model["gbtree_model_param"], "gbtree_model_param")
        guard case .list(let trees)? = model["trees"] else { throw Failure("it has no list of trees") }
        guard !trees.isEmpty else { throw Failure("it has no trees") }
        let announced = try number(parameters, "num_trees", 0...(1 << 24))
        guard announced == trees.count else {
            throw Failure("it announces \(announced) trees and has \(trees.count)")
        }
        let parallel = max(1, try number(parameters, "num_parallel_tree", 0...(1 << 16), missing: 1))
        guard let outputOfTree = model["tree_info"]?.integers, outputOfTree.count == trees.count,
            outputOfTree.allSatisfy({ (0..<outputs).contains($0) })
        else { throw Failure("'tree_info' does not name an output for each tree") }
        let (width, overflows) = parallel.multipliedReportingOverflow(by: outputs)
        guard !overflows, trees.count % width == 0 else { throw Failure("its trees do not make whole rounds") }
        let rounds = trees.count / width
        // Where it is missing, the library fills it from the numbers above.
        if let starts = model["iteration_indptr"] {
            guard let places = starts.integers, places.count == rounds + 1, places.first == 0,
                places.last == trees.count, zip(places, places.dropFirst()).allSatisfy(<)
            else { throw Failure("'iteration_indptr' does not say where each round begins") }
        }
        for (index, tree) in trees.enumerated() {
            do throws(Failure) {
                try check(tree, index: index)
            } catch {
                throw Failure("tree \(index): \(error.summary)")
            }
        }
        return (trees.count, rounds)
    }

    private func check(_ tree: ModelNode, index: Int) throws(Failure) {
        let parameters = try object(tree["tree_param"], "tree_param")
        let count = try number(parameters, "num_nodes", 1...(1 << 28))
        // A tree brings its own number of columns, which may be less than the model's.
        _ = try number(parameters, "num_feature", 0...features, missing: features)
        guard try number(parameters, "size_leaf_vector", 0...(1 << 16), missing: 0) <= 1 else {
            throw Failure("its leaves hold several numbers, which varve does not know")
        }
        // The library takes the place of a tree in the list from it.
        if let id = tree["id"] {
            guard case .integer(index) = id else { throw Failure("its 'id' is not its place") }
        }
        for key in ["base_weights", "loss_changes", "split_conditions", "sum_hessian"] {
            guard tree[key]?.numberCount == count else { throw Failure("'\(key)' does not hold \(count) numbers") }
        }
        let left = try integers(tree, "left_children", count)
        let right = try integers(tree, "right_children", count)
        let parents = try integers(tree, "parents", count)
        let columns = try integers(tree, "split_indices", count)
        for key in ["default_left", "split_type"] {
            // Trees without categories did not have `split_type` once.
            guard tree[key] != nil || key == "split_type" else { throw Failure("'\(key)' is missing") }
            if tree[key] == nil { continue }
            guard try integers(tree, key, count).allSatisfy((0...1).contains) else {
                throw Failure("'\(key)' is neither 0 nor 1")
            }
        }
        try checkCategories(tree, count: count)
        try walk(left: left, right: right, parents: parents, columns: columns)
    }

    private func walk(left: [Int], right: [Int], parents: [Int], columns: [Int]) throws(Failure) {
        let count = left.count
        var isReached = [Bool](repeating: false, count: count)
        isReached[0] = true
        var open = [0]
        while let node = open.popLast() {
            if left[node] == -1, right[node] == -1 { continue }
            guard (0..<max(1, features)).contains(columns[node]) else {
                throw Failure("node \(node) asks for column \(columns[node]) of \(features)")
            }
            for child in [left[node], right[node]] {
                guard (1..<max(2, count)).contains(child), child < count else {
                    throw Failure("node \(node) has the child \(child), which does not exist")
                }
                guard !isReached[child] else { throw Failure("node \(child) has two parents") }
                guard parents[child] == node else { throw Failure("node \(child) does not know its parent") }
                isReached[child] = true
                open.append(child)
            }
        }
        // Pruned nodes stay in the lists; nobody comes to them, but the library looks at their links.
        for node in 0..<count where !isReached[node] {
            guard (-1..<count).contains(left[node]), (-1..<count).contains(right[node]) else {
                throw Failure("node \(node) has a child that does not exist")
            }
        }
        for node in 0..<count {
            guard (-1..<count).contains(parents[node]) || parents[node] == Int(Int32.max) else {
                throw Failure("node \(node) has a parent that does not exist")
            }
        }
    }

    private func checkCategories(_ tree: ModelNode, count: Int) throws(Failure) {
        guard let nodes = tree["categories_nodes"] else { return }
        guard let nodes = nodes.integers, let starts = tree["categories_segments"]?.integers,
            let sizes = tree["categories_sizes"]?.integers, let categories = tree["categories"]?.integers,
            nodes.count == starts.count, starts.count == sizes.count
        else { throw Failure("its sets of categories do not fit together") }
        guard nodes.allSatisfy((0..<count).contains), zip(nodes, nodes.dropFirst()).allSatisfy(<) else {
            throw Failure("its sets of categories name nodes that do not exist")
        }
        for (start, size) in zip(starts, sizes) {
            guard start >= 0, size >= 1, size <= categories.count, start <= categories.count - size else {
                throw Failure("a set of categories leads beyond its list")
            }
        }
        // The library makes a set of bits as long as the highest.
        guard categories.allSatisfy((0..<(1 << 24)).contains) else { throw Failure("a category is out of range") }
        if let kinds = tree["split_type"]?.integers, kinds.count == count {
            let withSets = Set(nodes)
            for node in kinds.indices where kinds[node] == 1 && !withSets.contains(node) {
                throw Failure("node \(node) asks for a set of categories that is missing")
            }
        }
    }

    private func integers(_ tree: ModelNode, _ key: String, _ count: Int) throws(Failure) -> [Int] {
        guard let numbers = tree[key]?.integers, numbers.count == count else {
            throw Failure("'\(key)' does not hold \(count) whole numbers")
        }
        return numbers
    }
}

private func object(_ node: ModelNode?, _ key: String) throws(Failure) -> ModelNode {
    guard let node, case .object = node else { throw Failure("'\(key)' is missing") }
    return node
}

/// A number that XGBoost keeps as a word.
private func number(
    _ parameters: ModelNode, _ key: String, _ range: ClosedRange<Int>, missing: Int? = nil
) throws(Failure) -> Int {
    guard let text = parameters[key]?.text else {
        if let missing, parameters[key] == nil { return missing }
        throw Failure("'\(key)' is missing")
    }
    guard let number = Int(text), range.contains(number) else {
        throw Failure("'\(key)' is '\(text.prefix(40))', which cannot be")
    }
    return number
}
