// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/model_file.hpp"

#include "credence/base/errors.hpp"
#include "credence/table/files.hpp"

#include "ensemble/stored_model.hpp"

namespace credence::ensemble {

using namespace detail;

namespace {

constexpr int file_version = 1;
constexpr const char* file_format = "credence ensemble";

}  // namespace

json detail::features_to_json(const std::vector<feature_info>& features) {
  json out = json::array();
  for (const feature_info& f : features) {
    json one = {{"name", f.name}};
    if (f.categorical) one["levels"] = f.levels;
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<feature_info> detail::features_from_json(const json& from) {
  std::vector<feature_info> out;
  for (const json& one : from) {
    feature_info f;
    f.name = one.at("name").get<std::string>();
    f.categorical = one.contains("levels");
    if (f.categorical) f.levels = one.at("levels").get<std::vector<std::string>>();
    out.push_back(std::move(f));
  }
  return out;
}

json detail::tree_to_json(const decision_tree& tree) {
  json feature = json::array(), left = json::array(), right = json::array(), threshold = json::array(),
       missing = json::array(), gain = json::array(), weight = json::array(), categories = json::array();
  for (const tree_node& node : tree.nodes) {
    feature.push_back(node.feature);
    left.push_back(node.left);
    right.push_back(node.right);
    threshold.push_back(node.threshold);
    missing.push_back(node.missing_left ? 1 : 0);
    gain.push_back(node.gain);
    weight.push_back(node.weight);
    categories.push_back(node.categories);
  }
  json out = {{"outputs", tree.outputs}, {"feature", feature},      {"threshold", threshold}, {"left", left},
              {"right", right},          {"missing_left", missing}, {"gain", gain},           {"weight", weight},
              {"values", tree.values}};
  if (!tree.sets.empty()) {
    out["categories"] = categories;
    out["sets"] = tree.sets;
    out["known"] = tree.known;
  }
  return out;
}

decision_tree detail::tree_from_json(const json& from, std::int64_t columns) {
  decision_tree tree;
  tree.outputs = from.at("outputs").get<std::int32_t>();
  tree.values = from.at("values").get<std::vector<double>>();
  const json& feature = from.at("feature");
  if (from.contains("sets")) {
    tree.sets = from.at("sets").get<std::vector<category_set>>();
    tree.known = from.at("known").get<std::vector<category_set>>();
  }
  const auto count = static_cast<std::int32_t>(feature.size());
  if (count == 0 || tree.outputs < 1 || tree.known.size() != tree.sets.size()) throw domain_error("a tree is empty");
  for (std::size_t i = 0; i < feature.size(); ++i) {
    tree_node node;
    node.feature = feature.at(i).get<std::int32_t>();
    node.left = from.at("left").at(i).get<std::int32_t>();
    node.right = from.at("right").at(i).get<std::int32_t>();
    node.threshold = from.at("threshold").at(i).get<double>();
    node.missing_left = from.at("missing_left").at(i).get<int>() != 0;
    node.gain = from.at("gain").at(i).get<float>();
    node.weight = from.at("weight").at(i).get<float>();
    node.categories = tree.sets.empty() ? -1 : from.at("categories").at(i).get<std::int32_t>();
    const auto at = static_cast<std::int32_t>(i);
    // Children come after their parents: walking down ends, whatever a file says.
    const bool fits = node.feature < 0
                          ? node.left >= 0 && node.left < tree.leaves()
                          : node.feature < columns && node.left > at && node.right > at && node.left < count &&
                                node.right < count && node.categories < static_cast<std::int32_t>(tree.sets.size());
    if (!fits) throw domain_error("node " + std::to_string(i) + " of a tree points outside");
    tree.nodes.push_back(node);
  }
  return tree;
}

json detail::model_to_json(const fitted_model& model) {
  const auto* stored = dynamic_cast<const stored_model*>(&model);
  if (stored == nullptr)
    throw domain_error("save_model: the model is of kind " + model.kind() + ", but must be one of credence");
  json out = {{"kind", model.kind()}, {"classes", model.classes()}, {"features", features_to_json(model.features())}};
  const json body = stored->body();
  for (auto it = body.begin(); it != body.end(); ++it) out[it.key()] = it.value();
  return out;
}

model_pointer detail::model_from_json(const json& from) {
  const auto kind = from.at("kind").get<std::string>();
  const auto classes = from.at("classes").get<std::int32_t>();
  std::vector<feature_info> features = features_from_json(from.at("features"));
  if (classes < 0 || classes == 1) throw domain_error("the number of classes is " + std::to_string(classes));
  if (kind == "tree") return tree_from_body(from, classes, std::move(features));
  if (kind == "forest") return forest_from_body(from, classes, std::move(features));
  if (kind == "gradient-boosting") return boosting_from_body(from, classes, std::move(features));
  if (kind == "naive-bayes") return naive_bayes_from_body(from, classes, std::move(features));
  if (kind == "nearest") return nearest_from_body(from, classes, std::move(features));
  return committee_from_body(kind, from, classes, std::move(features));
}

std::string to_json(const named_model& named) {
  json out = {{"format", file_format}, {"version", file_version}, {"target", named.target}};
  if (!named.class_names.empty()) out["class_names"] = named.class_names;
  out["model"] = model_to_json(*named.model);
  return out.dump() + "\n";
}

named_model parse_model(const std::string& text, const std::string& source) {
  json read;
  try {
    read = json::parse(text);
  } catch (const json::parse_error& failure) {
    throw parse_error(source, 0, static_cast<std::int64_t>(failure.byte),
                      "this is no complete JSON, expected a model file");
  }
  const auto refuse = [&](const std::string& what) -> void { throw parse_error(source, 1, 1, what); };
  if (!read.is_object() || !read.contains("format") || read["format"] != file_format) {
    refuse(std::string("this is no model, expected \"format\": \"") + file_format + "\"");
  }
  if (!read.contains("version") || !read["version"].is_number_integer() || read["version"] != file_version) {
    refuse("the version of the model file is not " + std::to_string(file_version) + ", which this program reads");
  }
  named_model out;
  try {
    out.target = read.at("target").get<std::string>();
    if (read.contains("class_names")) out.class_names = read["class_names"].get<std::vector<std::string>>();
    out.model = model_from_json(read.at("model"));
    if (!out.class_names.empty() && static_cast<std::int32_t>(out.class_names.size()) != out.model->classes()) {
      throw domain_error("there are not as many class names as classes");
    }
  } catch (const json::exception& failure) {
    refuse(std::string("the model is not complete: ") + failure.what());
  } catch (const domain_error& failure) {
    refuse(std::string("the model is not sound: ") + failure.what());
  }
  return out;
}

void save_model(const std::string& path, const named_model& named) { write_file(path, to_json(named)); }
named_model load_model(const std::string& path) { return parse_model(read_file(path), path); }

}  // namespace credence::ensemble
